#include "sim/host/driver.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <utility>

#include "sim/check.h"
#include "sim/host/clock.h"
#include "sim/host/uv_handle.h"
#include "sim/host/virtual_group.h"
#include "sim/socket_loop.h"

namespace sim {
namespace {

// How many events run before children, sockets and signals get a look.
constexpr int kEventsBetweenPolls = 256;

std::uint64_t MillisecondsUntil(WallTime wall, WallTime now) {
  if (wall <= now) return 0;
  return static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::milliseconds>(wall - now).count());
}

}  // namespace

struct Driver::State {
  State(Kernel& driven, PacingMode mode) : kernel(driven), pacing(mode, driven.now(), SteadyNow()) {
    SIM_CHECK(uv_loop_init(&loop) == 0);
    wake_up = UvHandle<uv_async_t>(this, [this](uv_async_t* handle) {
      return uv_async_init(&loop, handle, [](uv_async_t*) {});
    });
    timer = UvHandle<uv_timer_t>(
        this, [this](uv_timer_t* handle) { return uv_timer_init(&loop, handle); });
    inbox.SetWake([this] {
      has_inputs.store(true, std::memory_order_release);
      // What this thread's own sockets bring is seen before it waits again.
      const bool is_ours = sockets != nullptr && std::this_thread::get_id() == thread;
      if (!is_ours) uv_async_send(wake_up.get());
    });
  }

  ~State() {
    inbox.Close();
    for (UvHandle<uv_signal_t>& signal : signals) signal.Close();
    timer.Close();
    wake_up.Close();
    uv_run(&loop, UV_RUN_DEFAULT);
    SIM_CHECK_MSG(uv_loop_close(&loop) == 0, "something outlives the loop it lives on");
  }

  PacingView View() const;
  std::optional<Time> NextDue() const;
  // Carries out one decision; false if there is nothing to do but wait until `wait_until`, or for
  // ever.
  bool Step();
  bool FindQuiet();
  bool FindVirtualQuiet();
  void AcceptHeld();
  void TakeInputs(Time time);
  void RunEarliest();
  void ExecuteRound();
  void Wait();
  void WaitForLoop();
  void WaitWithSockets();

  Kernel& kernel;
  Pacing pacing;
  Rounds* rounds = nullptr;
  ReleaseGate* gate = nullptr;
  std::function<bool()> is_calling_outside;
  VirtualGroup* group = nullptr;
  SocketLoop* sockets = nullptr;
  std::thread::id thread;          // Of who set `sockets`.
  bool has_looked = false;         // At the loop, and nothing was done since.
  std::vector<Input> held_inputs;  // Came while programs on virtual time ran.
  std::function<void()> before_wait;

  uv_loop_t loop;
  UvHandle<uv_async_t> wake_up;
  UvHandle<uv_timer_t> timer;
  UvHandle<uv_signal_t> signals[2];
  Inbox inbox;
  std::atomic<bool> has_inputs = false;
  std::atomic<bool> is_stopped = false;

  bool is_signalled = false;
  bool is_quiet = false;  // All programs were found quiet, and nothing ran or came since.
  std::optional<WallTime> wait_until;
  std::string stuck_program;
};

std::optional<Time> Driver::State::NextDue() const {
  std::optional<Time> due = kernel.NextDue();
  const Event* driver_event = kernel.driver_queue().Peek();
  if (driver_event != nullptr && (!due || driver_event->order.time < *due)) {
    due = driver_event->order.time;
  }
  return due;
}

PacingView Driver::State::View() const {
  PacingView view;
  view.now = kernel.now();
  view.wall = SteadyNow();
  view.next_due = NextDue();
  view.next_work_due = kernel.NextWorkDue();
  view.has_inputs = has_inputs.load(std::memory_order_acquire);
  view.is_calling_outside = is_calling_outside && is_calling_outside();
  const bool has_programs = rounds != nullptr && (rounds->is_collecting() || !held_inputs.empty());
  view.is_busy = has_programs && !is_quiet;
  return view;
}

bool Driver::State::Step() {
  const PacingView view = View();
  const PacingDecision decision = pacing.Decide(view);
  wait_until.reset();
  switch (decision.kind) {
    case PacingDecision::Kind::kTakeInputs:
      TakeInputs(decision.time);
      return true;
    case PacingDecision::Kind::kRunEvent:
      RunEarliest();
      return true;
    case PacingDecision::Kind::kAdvance:
      kernel.AdvanceTo(decision.time);
      return true;
    case PacingDecision::Kind::kWait:
      wait_until = decision.wall;
      return false;
    case PacingDecision::Kind::kIdle:
      return view.is_busy && FindQuiet();
  }
  return false;
}

// Called when nothing is left to do at this instant; true if that changed something.
bool Driver::State::FindQuiet() {
  const WallTime wall = SteadyNow();
  if (!rounds->ObserveQuiet(wall)) {
    if (std::optional<std::string> stuck = rounds->FindStuck(wall)) stuck_program = *stuck;
    wait_until = wall + Rounds::kStillMin;
    return false;
  }
  if (group != nullptr && !group->IsQuiet()) return false;
  // An input that came while we looked shows that something moved.
  if (has_inputs.load(std::memory_order_acquire)) return true;
  if (group != nullptr && !FindVirtualQuiet()) return true;
  is_quiet = true;
  if (rounds->has_requests()) {
    ExecuteRound();
    return true;
  }
  rounds->EndLeaving();
  if (group != nullptr && group->RunNext(kernel.now(), NextDue())) is_quiet = false;
  return true;
}

// Programs on virtual time may be ahead of the kernel, up to the next event: what they did is taken
// at their time. False if there was something to take.
bool Driver::State::FindVirtualQuiet() {
  const Time clock = std::min(group->clock(), NextDue().value_or(Time::max()));
  if (clock > kernel.now()) kernel.AdvanceTo(clock);
  if (held_inputs.empty()) return true;
  AcceptHeld();
  return false;
}

// What programs said comes in its order; the rest in one that does not depend on which came first.
void Driver::State::AcceptHeld() {
  is_quiet = false;
  std::vector<Input> inputs = std::exchange(held_inputs, {});
  const auto rest = std::stable_partition(inputs.begin(), inputs.end(), [](const Input& input) {
    return input.kind.starts_with("program.");
  });
  std::stable_sort(rest, inputs.end(), [](const Input& a, const Input& b) {
    return std::tie(a.kind, a.bytes) < std::tie(b.kind, b.bytes);
  });
  for (Input& input : inputs) {
    pacing.NoteInput(kernel.now());
    kernel.AcceptInput(input.kind, input.bytes, std::move(input.run));
  }
}

void Driver::State::TakeInputs(Time time) {
  kernel.AdvanceTo(time);
  is_quiet = false;
  has_inputs.store(false, std::memory_order_release);
  for (Input& input : inbox.Drain()) {
    if (input.round && rounds != nullptr && rounds->is_collecting()) {
      rounds->Add(std::move(input));
      continue;
    }
    // What the last of them did before it ended is taken at its time as well.
    if (group != nullptr && (!group->empty() || (rounds != nullptr && rounds->is_leaving()) ||
                             group->clock() > kernel.now())) {
      held_inputs.push_back(std::move(input));
      continue;
    }
    pacing.NoteInput(kernel.now());
    kernel.AcceptInput(input.kind, input.bytes, std::move(input.run));
  }
}

void Driver::State::RunEarliest() {
  is_quiet = false;
  const std::optional<Time> due = kernel.NextDue();
  EventQueue& driver_events = kernel.driver_queue();
  const Event* driver_event = driver_events.Peek();
  if (driver_event != nullptr && (!due || driver_event->order.time < *due)) {
    kernel.AdvanceTo(std::max(kernel.now(), driver_event->order.time));
    driver_events.Pop().run();
  } else {
    kernel.RunNext();
  }
}

void Driver::State::ExecuteRound() {
  is_quiet = false;
  if (gate != nullptr) gate->Hold();
  for (Input& input : rounds->TakeRound()) {
    pacing.NoteInput(kernel.now());
    kernel.AcceptInput(input.kind, input.bytes, std::move(input.run));
  }
  for (std::optional<Time> due = kernel.NextDue(); due && *due <= kernel.now();
       due = kernel.NextDue()) {
    kernel.RunNext();
  }
  if (gate != nullptr) gate->Release();
}

void Driver::State::Wait() {
  if (before_wait) before_wait();
  sockets == nullptr ? WaitForLoop() : WaitWithSockets();
  is_quiet = false;
}

// It only looks at first: the loop listens to new handles once it has run, and does not say whether
// it found anything. Who called us then knows.
void Driver::State::WaitWithSockets() {
  if (!std::exchange(has_looked, true)) {
    uv_run(&loop, UV_RUN_NOWAIT);
    return;
  }
  has_looked = false;
  if (!inbox.empty()) return;
  std::optional<Duration> limit;
  if (const int timeout = uv_backend_timeout(&loop); timeout >= 0) {
    limit = std::chrono::milliseconds(timeout);
  }
  if (wait_until) {
    const Duration until = std::max(*wait_until - SteadyNow(), WallTime::zero());
    limit = std::min(until, limit.value_or(until));
  }
  sockets->Wait(uv_backend_fd(&loop), limit);
}

void Driver::State::WaitForLoop() {
  if (wait_until) {
    uv_update_time(&loop);
    // Some versions of libuv run timers before they poll, and would then poll for ever.
    uv_timer_start(
        timer.get(), [](uv_timer_t* handle) { uv_stop(handle->loop); },
        MillisecondsUntil(*wait_until, SteadyNow()), 0);
  }
  uv_run(&loop, UV_RUN_ONCE);
  uv_timer_stop(timer.get());
}

Driver::Driver(Kernel& kernel, PacingMode mode) : state_(std::make_unique<State>(kernel, mode)) {}
Driver::~Driver() = default;

Inbox& Driver::inbox() { return state_->inbox; }

void Driver::Stop() {
  state_->is_stopped.store(true, std::memory_order_release);
  uv_async_send(state_->wake_up.get());
}

uv_loop_s* Driver::loop() { return &state_->loop; }
const Pacing& Driver::pacing() const { return state_->pacing; }

void Driver::SetPacing(PacingMode mode) {
  state_->pacing.SetMode(mode, state_->kernel.now(), SteadyNow());
}

void Driver::AdvanceTo(Time time) { state_->pacing.AdvanceTo(time); }

void Driver::EndAdvance() { state_->pacing.EndAdvance(state_->kernel.now(), SteadyNow()); }

void Driver::SetRounds(Rounds* rounds, ReleaseGate* gate) {
  state_->rounds = rounds;
  state_->gate = gate;
}

void Driver::SetSockets(SocketLoop* sockets) {
  state_->sockets = sockets;
  state_->thread = std::this_thread::get_id();
}

void Driver::SetCallsOutside(std::function<bool()> is_calling) {
  state_->is_calling_outside = std::move(is_calling);
}

void Driver::SetVirtualGroup(VirtualGroup* group) { state_->group = group; }
void Driver::Wake() { uv_async_send(state_->wake_up.get()); }

void Driver::SetBeforeWait(std::function<void()> before_wait) {
  state_->before_wait = std::move(before_wait);
}

void Driver::StopOnSignals() {
  const int numbers[] = {SIGTERM, SIGINT};
  for (int index = 0; index < 2; ++index) {
    State* state = state_.get();
    state->signals[index] = UvHandle<uv_signal_t>(
        state, [state](uv_signal_t* handle) { return uv_signal_init(&state->loop, handle); });
    uv_signal_start(
        state->signals[index].get(),
        [](uv_signal_t* handle, int number) {
          auto* owner = static_cast<State*>(handle->data);
          // Asked twice: whatever the clean stop waits for is not worth it.
          if (owner->is_signalled) _exit(128 + number);
          owner->is_signalled = true;
        },
        numbers[index]);
  }
}

StopReason Driver::Run(const std::function<bool()>& is_done) {
  State& state = *state_;
  int steps = 0;
  for (;;) {
    if (state.is_stopped.exchange(false, std::memory_order_acq_rel)) return StopReason::kStopped;
    if (state.is_signalled) return StopReason::kSignal;
    if (is_done()) return StopReason::kDone;
    if (!state.Step()) {
      if (!state.stuck_program.empty()) return StopReason::kStuckProgram;
      state.Wait();
    } else {
      state.has_looked = false;
      if (++steps % kEventsBetweenPolls != 0) continue;
      uv_run(&state.loop, UV_RUN_NOWAIT);
      if (state.sockets != nullptr) state.sockets->Poll();
    }
  }
}

bool Driver::Await(std::optional<WallTime> until, const std::function<bool()>& is_there) {
  State& state = *state_;
  state.has_looked = false;
  while (!state.is_signalled && !is_there() && (!until || SteadyNow() < *until)) {
    state.wait_until = until;
    state.Wait();
  }
  return !state.is_signalled;
}

const std::string& Driver::stuck_program() const { return state_->stuck_program; }

}  // namespace sim
