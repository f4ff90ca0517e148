// The clockwork: runs events in total order on one thread, and is the only place where time moves.
//
// Invariants:
// (1) Events run in the order (time, lane, sequence); an event is never run inside another.
// (2) now() does not change while an event runs and never goes back.
// (3) The digest is a function of the scenario, the seed and the inputs: driver events (a queue of
// their own,
//     in driver_queue()) leave no trace in it, nor in positions.
// Everything here is of one thread; other threads reach it through sim/inbox.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/callback.h"
#include "sim/digest.h"
#include "sim/event_queue.h"
#include "sim/guard.h"
#include "sim/observer.h"
#include "sim/random.h"
#include "sim/time.h"
#include "sim/trampoline.h"

namespace sim {

struct KernelOptions {
  std::uint64_t seed = 0;
  std::uint64_t incarnation = 0;  // How often the data file was opened before.
  Time start{};
  std::uint32_t events_at_instant_max = Guard::kEventsMax;  // Per (name, key).
};

class Kernel {
 public:
  // An (event name, key) ran too often while time stood: says by how much its next event is put off
  // (at least 1 ns). `run` also notes the failure and stops; without a handler the process ends.
  using GuardHandler = std::function<Duration(std::string_view name, std::string_view key)>;

  class SleepAwaiter;

  explicit Kernel(KernelOptions options);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  Time now() const { return now_; }
  std::uint64_t seed() const { return options_.seed; }
  // How many kernel events have run: where in its history the run is.
  std::uint64_t position() const { return position_; }

  // --- Scheduling. `name` is a static literal "part.verb"; `key` names the object, as
  // namespace/name.

  // Requires: `due` is not before now().
  EventId At(Time due, Lane lane, std::string_view name, std::string key, Callback run,
             Work work = Work::kInherit);
  // Requires: `delay` is not negative.
  EventId After(Duration delay, Lane lane, std::string_view name, std::string key, Callback run,
                Work work = Work::kInherit) {
    return At(now_ + delay, lane, name, std::move(key), std::move(run), work);
  }
  // At this instant, after what waits in the same lane.
  EventId Post(Lane lane, std::string_view name, std::string key, Callback run,
               Work work = Work::kInherit) {
    return At(now_, lane, name, std::move(key), std::move(run), work);
  }
  // False if the event ran or was cancelled before.
  bool Cancel(EventId id) { return events_.Cancel(id); }
  bool IsPending(EventId id) const { return events_.Holds(id); }

  // Awaitable: suspends the task for `delay`, as one event. Cancelled with the task.
  SleepAwaiter Sleep(Duration delay, Lane lane, std::string_view name, std::string key,
                     Work work = Work::kInherit);

  // The stream `name`, made at its first use. The reference stays valid.
  Random& Stream(std::string_view name);

  // --- What the running event does.

  // A commit of `bytes` happened. Work::kWork (anything but leases, heartbeat times and deadlines
  // changed) ends the housekeeping mark of the running event.
  void NoteCommit(std::string_view bytes, Work work);
  // The mark of the running event; work when none runs.
  Work current_work() const { return current_work_; }

  // --- Running.

  // Takes an input from outside: it is recorded, digested and run at this instant before anything
  // else that is due. `kind` is a static literal, "part.verb".
  void AcceptInput(std::string_view kind, std::string_view bytes, Callback run);

  // Runs the earliest event, and what becomes ready in it. False if there is none.
  bool RunNext();
  // Runs all that is due up to `until`, then moves time there.
  void RunUntil(Time until);
  // Moves time without an event. Requires: nothing is due before `time`, which is not before now().
  void AdvanceTo(Time time);

  std::optional<Time> NextDue() const;
  // Skips housekeeping.
  std::optional<Time> NextWorkDue() const;
  // Nothing but housekeeping waits: what `wait: idle` asks.
  bool is_idle() const { return !NextWorkDue(); }
  std::size_t pending_count() const { return events_.size(); }

  // Quiet checks, programs' deadlines, pacing: ordered by virtual time, run by the driver between
  // events.
  EventQueue& driver_queue() { return driver_events_; }
  std::uint64_t NextDriverSequence() { return ++driver_sequence_; }

  void SetGuardHandler(GuardHandler handler) { guard_handler_ = std::move(handler); }
  void SetInputSink(InputSink* sink) { input_sink_ = sink; }
  // Observers are told in the order they came; each outlives the kernel or is removed.
  void AddObserver(Observer* observer) { observers_.push_back(observer); }
  void RemoveObserver(Observer* observer) { std::erase(observers_, observer); }

  // --- What a run leaves behind.

  // For further contributions, such as programs' output.
  Digest& digest() { return digest_; }
  // The digest so far with the next number of every stream: what the `digest:` line shows.
  Digest FinalDigest() const;
  // The last events that ran, oldest first, at most kLastEventsMax.
  std::vector<EventRecord> LastEvents() const;
  static constexpr std::size_t kLastEventsMax = 256;
  // Seed, position, time and last events, as lines of text.
  std::string Describe() const;
  // Lets a failed SIM_CHECK print Describe() of this kernel, until it is destroyed.
  void DescribeOnCheckFailure();

 private:
  void MoveTo(Time time);
  bool PostponeIfGuarded();
  void Remember(EventRecord record);

  KernelOptions options_;
  Time now_;
  std::uint64_t sequence_ = 0;
  std::uint64_t position_ = 0;
  Work current_work_ = Work::kWork;
  EventQueue events_;

  EventQueue driver_events_;
  std::uint64_t driver_sequence_ = 0;

  std::map<std::string, Random, std::less<>> streams_;
  Digest digest_;
  Guard guard_;
  GuardHandler guard_handler_;
  InputSink* input_sink_ = nullptr;
  std::vector<Observer*> observers_;

  std::vector<EventRecord> last_events_;  // A ring once it is full.
  bool describes_on_check_failure_ = false;
};

class Kernel::SleepAwaiter : public SuspendedCoroutine {
 public:
  SleepAwaiter(Kernel& kernel, Duration delay, Lane lane, std::string_view name, std::string key,
               Work work)
      : kernel_(kernel),
        delay_(delay),
        lane_(lane),
        name_(name),
        key_(std::move(key)),
        work_(work) {}
  ~SleepAwaiter() override { kernel_.Cancel(event_); }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    event_ = kernel_.After(
        delay_, lane_, name_, std::move(key_), [this] { Trampoline::OfThread().MakeReady(*this); },
        work_);
  }
  void await_resume() const {}

 private:
  Kernel& kernel_;
  Duration delay_;
  Lane lane_;
  std::string_view name_;
  std::string key_;
  Work work_;
  EventId event_;
};

// "<time> #<position> <lane> <name> <key>".
std::string EventText(const EventRecord& event);

inline Kernel::SleepAwaiter Kernel::Sleep(Duration delay, Lane lane, std::string_view name,
                                          std::string key, Work work) {
  return SleepAwaiter(*this, delay, lane, name, std::move(key), work);
}

}  // namespace sim
