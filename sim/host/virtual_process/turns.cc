// The part of Supervisor that decides who runs, and what happens when nobody can.
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include <algorithm>
#include <cstring>

#include "sim/host/virtual_process/blocking_calls.h"
#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/supervisor.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// Looks at a thread that sleeps in a call, before it counts as blocked: where others may wake it,
// and where it may as well wait for the machine.
constexpr int kStillLooks = 3;
constexpr int kUnknownLooks = 100;
constexpr int kEndedLooks = 10;
constexpr int kReadyMax = 256;
constexpr std::uint64_t kCallsBetweenLooks = 1024;

bool IsReadable(int file) {
  pollfd one{file, POLLIN, 0};
  return poll(&one, 1, 0) > 0;
}

}  // namespace

void Supervisor::TakeWaitingCall() {
  seccomp_notif call{};
  // ENOENT: its thread was interrupted before we came.
  if (ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0) TakeCall(call);
}

bool Supervisor::HasRunning() const {
  return std::any_of(tree_.threads.begin(), tree_.threads.end(), [](const auto& entry) {
    return entry.second.state == Thread::State::kRunning;
  });
}

void Supervisor::TakeCall(const seccomp_notif& call) {
  has_run_ = true;
  if (++calls_ % kCallsBetweenLooks == 0) {
    Reap();
    SayAlive();
  }
  const auto found = tree_.threads.find(static_cast<pid_t>(call.pid));
  if (found == tree_.threads.end()) {
    seccomp_notif_resp answer{};
    answer.id = call.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return;
  }
  Thread& thread = found->second;
  const bool has_turn = runner_ == thread.id;
  if (thread.IsSameCall(call)) {
    thread.call.id = call.id;
    return;
  }
  if (has_turn) runner_ = 0;
  // It has survived what was to end it.
  if (thread.state == Thread::State::kEnding) tree_.ending.erase(thread.process);
  tree_.Drop(thread.wait);
  tree_.futexes.Remove(thread.id);
  thread.call = call;
  thread.has_call = true;
  thread.is_stopped = false;
  thread.rests = 0;
  thread.cpu_at_call.reset();
  thread.spin.reset();
  tree_.resting.erase(thread.id);
  thread.kept_deadline.reset();
  thread.turn = Thread::Turn::kCall;
  if (thread.interrupted &&
      std::memcmp(&thread.interrupted->call, &call.data, sizeof call.data) == 0) {
    const Interrupted before = *thread.interrupted;
    thread.interrupted.reset();
    if (before.answer) {
      if (has_turn) return SendAnswer(thread, *before.answer);
      thread.turn = Thread::Turn::kAnswer;
      thread.answer = *before.answer;
    } else if (before.has_handler && IsNeverRestarted(call.data)) {
      thread.turn = Thread::Turn::kAnswer;
      thread.answer = Outcome::Fail(EINTR);
      const timespec rest =
          TimespecOf(std::max<std::int64_t>(0, before.deadline - tree_.page->monotonic));
      if (before.remaining_address != 0) {
        WriteMemory(thread.id, before.remaining_address, &rest, sizeof rest);
      }
    } else {
      thread.kept_deadline = before.deadline;
    }
  }
  thread.state = Thread::State::kWaitsForTurn;
  tree_.order.Add(thread.id);
}

bool Supervisor::TakeTurn() {
  const auto next = tree_.order.Take();
  if (!next) return false;
  Dispatch(tree_.threads.at(*next));
  return true;
}

void Supervisor::Dispatch(Thread& thread) {
  // Whoever runs may be the one that those which rest spin for.
  tree_.resting.erase(thread.id);
  for (const pid_t id : std::set<pid_t>(tree_.resting)) QueueStopped(tree_.threads.at(id), 0);
  patience_ = kFirstLook;
  spin_watch_.Reset();
  // It spun before: if it comes by there as it was then it still does.
  if (thread.spin) spin_watch_.Add(*thread.spin);
  passes_left_ = thread.spin ? kPassesMax : 0;
  thread.cpu_at_turn.reset();
  thread.still_count = 0;
  if (std::exchange(tree_.last_runner, thread.id) != thread.id || !IsClockCall(thread.call.data)) {
    tree_.page->reads_left = kReadsMax;
  }
  if (thread.turn == Thread::Turn::kResume) {
    const bool is_ending = IsFatal(thread, thread.resume_signal);
    if (is_ending) tree_.ending.insert(thread.process);
    thread.state = Thread::State::kRunning;
    thread.is_stopped = false;
    thread.kept_deadline.reset();
    runner_ = thread.id;
    tree_.Tell(CallRecord::Kind::kResume, thread.number, 0, thread.resume_signal);
    ptrace(PTRACE_CONT, thread.id, nullptr, thread.resume_signal);
    thread.resume_signal = 0;
    if (is_ending) EndThreads(thread.process);
    return;
  }
  if (thread.turn == Thread::Turn::kAnswer) {
    tree_.Tell(thread, CallRecord::Kind::kLateCall, thread.answer);
    return SendAnswer(thread, thread.answer);
  }
  Outcome outcome = HandleCall(tree_, thread);
  if (!IsClockCall(thread.call.data) && outcome.kind != Outcome::Kind::kYield)
    thread.idle_turns = 0;
  tree_.Tell(thread, CallRecord::Kind::kCall, outcome);
  for (const pid_t process : std::set<pid_t>(tree_.ending)) EndThreads(process);
  if (!tree_.signalled.empty()) {
    const pid_t id = thread.id;
    SettleSignals();
    if (!tree_.threads.contains(id)) return;
    // What it did has brought a signal to itself (the end of a child that it killed): the call
    // begins again, and if it was over then gets its answer.
    if (thread.is_stopped) return KeepAnswer(thread, outcome);
  }
  switch (outcome.kind) {
    case Outcome::Kind::kAnswer:
    case Outcome::Kind::kContinue:
      return SendAnswer(thread, outcome);
    case Outcome::Kind::kYield:
      return HandOn(thread, outcome.value);
    case Outcome::Kind::kHold:
      thread.state = Thread::State::kHeld;
      thread.wait = std::move(outcome.wait);
      return;
  }
}

// The others have their turns. If there are none it spins: after a while that takes time, so that
// what it waits for comes. Counted in turns, for CPU time is the machine's.
void Supervisor::HandOn(Thread& thread, std::int64_t answer) {
  if (tree_.order.empty()) WakeReady();
  thread.turn = Thread::Turn::kAnswer;
  thread.answer = Outcome::Answer(answer);
  if (tree_.order.empty() && ++thread.idle_turns > kIdleTurnsMax) {
    const int rests = thread.idle_turns - kIdleTurnsMax;
    virtual_process::Wait wait;
    wait.deadline =
        tree_.page->monotonic + std::min(kRestMax, kRestMin << std::min(rests, kRestDoublings));
    wait.timeout_value = answer;
    thread.state = Thread::State::kHeld;
    thread.wait = std::move(wait);
    return;
  }
  thread.state = Thread::State::kWaitsForTurn;
  tree_.order.Add(thread.id);
}

void Supervisor::SendAnswer(Thread& thread, const Outcome& outcome) {
  seccomp_notif_resp answer{};
  answer.id = thread.call.id;
  answer.val = outcome.error != 0 ? 0 : outcome.value;
  answer.error = -outcome.error;
  if (outcome.kind == Outcome::Kind::kContinue) {
    answer.val = 0;
    answer.error = 0;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  thread.state = Thread::State::kRunning;
  thread.has_call = false;
  runner_ = thread.id;
  if (ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0) return;
  // A signal came first, or the machine froze us: the call begins again, and then gets this answer.
  KeepAnswer(thread, outcome);
}

void Supervisor::KeepAnswer(Thread& thread, Outcome outcome) {
  if (outcome.kind == Outcome::Kind::kHold) return tree_.Drop(outcome.wait);
  if (outcome.kind == Outcome::Kind::kYield) return;
  Interrupted lost;
  lost.call = thread.call.data;
  lost.answer = std::move(outcome);
  thread.interrupted = std::move(lost);
}

// Called when a running thread has made no call for a while.
void Supervisor::CheckRunning() {
  std::vector<pid_t> running;
  for (const auto& [id, thread] : tree_.threads) {
    if (thread.state == Thread::State::kRunning) running.push_back(id);
  }
  for (const pid_t id : running) {
    Thread& thread = tree_.threads.at(id);
    switch (StateOf(id)) {
      case 'R':
        CheckComputing(thread);
        break;
      case 'S':
        CheckSleeping(thread);
        break;
      case 'Z':
      case 'X':
        // Its end is about to be reported; that of a first thread only with the last of the others.
        if (++thread.still_count < kEndedLooks) break;
        thread.state = Thread::State::kBlocked;
        if (runner_ == id) runner_ = 0;
        break;
      default:
        break;  // Stopped, with its report under way; or waiting for a disk.
    }
  }
}

void Supervisor::CheckComputing(Thread& thread) {
  thread.still_count = 0;
  // Nobody else of its process runs in its turn.
  const std::int64_t process_cpu = ProcessCpuTimeOf(thread.process);
  const std::int64_t cpu = CpuTimeOf(thread.id);
  if (!thread.cpu_at_turn) thread.cpu_at_turn = process_cpu;
  if (!thread.cpu_at_call) thread.cpu_at_call = cpu;
  const std::int64_t used = process_cpu - *thread.cpu_at_turn;
  // One that spins has turn after turn.
  const std::int64_t busy = cpu - *thread.cpu_at_call;
  if (busy - busy_reported_ > kBusyReportAfter) {
    busy_reported_ = busy;
    Send(BusyMessage{busy, NameOf(thread.id) + " (thread " + std::to_string(thread.number) + ")"});
  }
  if (runner_ != thread.id) return;
  const bool may_spin = !tree_.order.empty() || NextDeadline() != kNever;
  const bool is_asked = thread.is_sampling || thread.is_interrupting;
  if (may_spin && !is_asked && spin_watch_.WantsSample(used)) {
    thread.is_sampling = ptrace(PTRACE_INTERRUPT, thread.id, nullptr, nullptr) == 0;
    patience_ = kFirstLook;
  }
  if (used < kCompanyAfter) return;
  WakeReady();
  if (tree_.order.empty()) return;
  // It may spin for one of those that wait.
  ++companies_;
  tree_.Note(NameOf(thread.id) +
             " computed for long while others waited: it got company, so runs may differ");
  runner_ = 0;
}

void Supervisor::CheckSleeping(Thread& thread) {
  if (thread.is_interrupting || IsReadable(tree_.listener)) return;
  const auto call = ParseCurrentCall(ReadProcFile(thread.id, "syscall"));
  if (!call) return;
  if (BlockingCall::Of(call->number)) {
    thread.is_interrupting = ptrace(PTRACE_INTERRUPT, thread.id, nullptr, nullptr) == 0;
    return;
  }
  const bool is_waiting = MayBlockForLong(call->number);
  if (++thread.still_count < (is_waiting ? kStillLooks : kUnknownLooks)) return;
  thread.state = Thread::State::kBlocked;
  tree_.Tell(CallRecord::Kind::kBlock, thread.number, 0, static_cast<int>(call->number));
  if (runner_ == thread.id) runner_ = 0;
}

bool Supervisor::IsAtRest() {
  for (const auto& [id, thread] : tree_.threads) {
    if (thread.state == Thread::State::kRunning) return false;
    const bool is_blocked = thread.state == Thread::State::kBlocked && thread.vforked == 0;
    if (is_blocked && StateOf(id) == 'R') return false;
  }
  return tree_.order.empty() && tree_.ending.empty();
}

// Such a one goes on by itself.
bool Supervisor::HasBlocked() const {
  return std::any_of(tree_.threads.begin(), tree_.threads.end(), [](const auto& entry) {
    return entry.second.state == Thread::State::kBlocked;
  });
}

bool Supervisor::GoOn() {
  const bool is_alone = !HasBlocked();
  const bool has_run = std::exchange(has_run_, false) || !is_alone;
  if (relay_) {
    const std::uint64_t before = relay_->connections();
    if (relay_->PumpUp(has_run) || relay_->connections() != before) is_seen_ = true;
    TellMoved(CallRecord::Kind::kSent);
  }
  const bool is_awake = WakeReady();
  if (std::exchange(has_output_, false)) ReadOutput();
  if (is_awake) return true;
  if (relay_ && relay_->Deliver(is_alone)) {
    TellMoved(CallRecord::Kind::kDelivered);
    return true;
  }
  if (is_seen_ || (relay_ && relay_->has_undelivered())) return false;
  const std::int64_t next = NextDeadline();
  if (next > until_) return false;
  AdvanceTo(next);
  tree_.Tell(CallRecord::Kind::kTime, 0, 0);
  return true;
}

void Supervisor::TellMoved(CallRecord::Kind kind) {
  for (const auto& [connection, bytes] : relay_->TakeMoved()) {
    tree_.Tell(kind, connection, static_cast<std::int64_t>(bytes));
  }
}

// Held threads whose descriptors have become ready, in order of birth.
bool Supervisor::WakeReady() {
  epoll_event events[kReadyMax];
  const int count = epoll_wait(tree_.files, events, kReadyMax, 0);
  std::vector<std::pair<std::uint32_t, pid_t>> ready;
  for (int index = 0; index < count; ++index) {
    if (events[index].data.u64 == kOutputEvent) has_output_ = true;
    const auto found = tree_.threads.find(static_cast<pid_t>(events[index].data.u64));
    if (found == tree_.threads.end()) continue;
    if (found->second.state == Thread::State::kHeld) {
      ready.emplace_back(found->second.number, found->first);
    }
  }
  for (auto& [id, thread] : tree_.threads) {
    const bool is_held = thread.state == Thread::State::kHeld;
    if (is_held && thread.wait.signals != 0 && HasPendingSignal(thread, thread.wait.signals)) {
      ready.emplace_back(thread.number, id);
    }
  }
  std::sort(ready.begin(), ready.end());
  ready.erase(std::unique(ready.begin(), ready.end()), ready.end());
  for (const auto& [number, id] : ready) tree_.WakeAgain(tree_.threads.at(id));
  if (ready.empty()) return false;
  tree_.Tell(CallRecord::Kind::kReady, 0, static_cast<std::int64_t>(ready.size()));
  return true;
}

std::int64_t Supervisor::NextDeadline() const {
  std::int64_t next = tree_.timers.NextDeadline();
  for (const auto& [id, thread] : tree_.threads) {
    if (thread.state == Thread::State::kHeld) next = std::min(next, thread.wait.deadline);
  }
  return next;
}

void Supervisor::AdvanceTo(std::int64_t time) {
  ClockPage& page = *tree_.page;
  page.monotonic = std::max(page.monotonic, time);
  for (const TimerTable::Fired& fired : tree_.timers.TakeDue(page.monotonic)) {
    FireTimer(tree_, tree_.timers.all().at(fired.id), fired.id, fired.count);
  }
  std::vector<std::tuple<std::int64_t, std::uint32_t, pid_t>> due;
  for (const auto& [id, thread] : tree_.threads) {
    const bool is_due =
        thread.state == Thread::State::kHeld && thread.wait.deadline <= page.monotonic;
    if (is_due) due.emplace_back(thread.wait.deadline, thread.number, id);
  }
  std::sort(due.begin(), due.end());
  for (const auto& [deadline, number, id] : due) TimeOut(tree_.threads.at(id));
  if (!tree_.signalled.empty()) SettleSignals();
}

void Supervisor::TimeOut(Thread& thread) {
  const virtual_process::Wait& wait = thread.wait;
  if (wait.is_rest) return QueueStopped(thread, 0);
  for (const auto& [address, size] : wait.cleared) {
    const std::vector<char> zeros(size);
    WriteMemory(thread.id, address, zeros.data(), size);
  }
  if (thread.is_stopped) {
    // In a read that it was to give up: the call is not begun again.
    user_regs_struct regs{};
    ptrace(PTRACE_GETREGS, thread.id, nullptr, &regs);
    regs.rax = static_cast<unsigned long long>(-EAGAIN);
    regs.orig_rax = ~0ULL;
    ptrace(PTRACE_SETREGS, thread.id, nullptr, &regs);
  }
  tree_.WakeWith(thread, wait.timeout_error != 0 ? Outcome::Fail(wait.timeout_error)
                                                 : Outcome::Answer(wait.timeout_value));
}

}  // namespace sim::virtual_process
