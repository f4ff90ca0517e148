// A program's processes and threads as the supervisor sees them, and what a handler of a call may
// use.
//
// Invariants:
// (1) A thread is in one state; only those in kRunning run, and those in kBlocked may wake by
// themselves.
// (2) A held thread's wait owns the copies of descriptors that it watches; until its call is looked
// at again it keeps them.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/host/virtual_process/call_trail.h"
#include "sim/host/virtual_process/clock_page.h"
#include "sim/host/virtual_process/futex_table.h"
#include "sim/host/virtual_process/spin_watch.h"
#include "sim/host/virtual_process/thread_order.h"
#include "sim/host/virtual_process/timer_table.h"
#include "sim/random.h"

namespace sim::virtual_process {

// What a held thread waits for; it goes on at the first of these.
struct Wait {
  std::int64_t deadline = kNever;
  std::vector<int> files;  // Ours, registered with Tree::files.
  std::optional<FutexKey> futex;
  std::uint64_t futex_address = 0;
  std::uint32_t futex_value = 0;
  bool is_lock = false;         // A priority-inheritance futex: woken as its owner.
  bool wants_children = false;  // Of its process.
  std::uint64_t signals = 0;    // A set of which one becomes pending.
  std::int64_t timeout_value = 0;
  int timeout_error = 0;
  // Zeroed at the time-out: the sets of select(2), the answers of poll(2).
  std::vector<std::pair<std::uint64_t, std::size_t>> cleared;
  std::uint64_t remaining_address = 0;  // Where an interrupted sleep says what is left.
  bool is_rest = false;                 // Of one that spins: it goes on as if nothing were.
};

// What becomes of a trapped call.
struct Outcome {
  enum class Kind : std::uint8_t { kAnswer, kContinue, kHold, kYield } kind = Kind::kAnswer;
  std::int64_t value = 0;
  int error = 0;
  Wait wait{};

  static Outcome Answer(std::int64_t value) { return {.value = value}; }
  static Outcome Fail(int error) { return {.error = error}; }
  static Outcome Continue() { return {.kind = Kind::kContinue}; }
  static Outcome Yield() { return {.kind = Kind::kYield}; }
  static Outcome Hold(Wait wait) { return {.kind = Kind::kHold, .wait = std::move(wait)}; }
};

struct Process {
  pid_t id = 0;
  pid_t parent = 0;
  int pidfd = -1;
  std::uint64_t child_events = 0;  // Ends of its children.
  std::int64_t timer_count = 0;
  std::uint64_t spin_place = 0;                  // Where a thread was found to spin.
  std::map<int, std::string> directories;        // By descriptor: entries not yet read.
  std::map<int, std::int64_t> receive_timeouts;  // By descriptor: of sockets.
  std::map<int, std::int64_t> send_timeouts;
};

// A call that a signal ended before its answer.
struct Interrupted {
  seccomp_data call{};
  std::int64_t deadline = kNever;
  bool has_handler = false;
  std::uint64_t remaining_address = 0;
  std::optional<Outcome> answer;
};

struct Thread {
  enum class State : std::uint8_t { kRunning, kWaitsForTurn, kHeld, kBlocked, kEnding };
  enum class Turn : std::uint8_t { kCall, kAnswer, kResume };

  pid_t id = 0;
  pid_t process = 0;
  pid_t inner = 0;           // Its number as the program sees it.
  std::uint32_t number = 0;  // In order of birth; never used again.
  State state = State::kRunning;
  bool is_stopped = false;       // By ptrace: it goes on by PTRACE_CONT, not by an answer.
  pid_t vforked = 0;             // Its child, until that has executed something or ended.
  bool is_interrupting = false;  // Asked to stop, to see what call it is blocked in.
  bool is_sampling = false;      // Asked to stop, to see whether it spins.
  Turn turn = Turn::kCall;
  seccomp_notif call{};
  bool has_call = false;  // `call` waits for an answer.
  Outcome answer{};
  int resume_signal = 0;
  std::optional<std::int64_t> kept_deadline;  // The call was held before, with this.
  Wait wait{};
  std::optional<Interrupted> interrupted;
  std::optional<std::int64_t> cpu_at_turn;
  std::optional<std::int64_t> cpu_at_call;  // After its last trapped one.
  int idle_turns = 0;  // Handed on one after the other, with nobody there to take them.
  int still_count = 0;
  int rests = 0;                        // Of its spinning since its last trapped call.
  std::optional<SpinState> spin;        // In which it then was.
  std::uint64_t breakpoint = 0;         // Where it stops, to see whether it spins; 0 nowhere.
  std::uint64_t child_events_seen = 0;  // When it last blocked in a wait for children.

  // `again` is the call that it is in: begun anew without a signal, as after a freeze of the
  // machine (a paused container, a snapshot). Only by what it is answered has changed.
  bool IsSameCall(const seccomp_notif& again) const;
};

class Relay;

struct Tree {
  Tree(std::uint64_t seed, std::uint64_t place, const std::string& trail_file)
      : order(seed, place), chance(seed, place, "program.chance"), trail(trail_file) {}

  ClockPage* page = nullptr;
  int page_file = -1;
  int listener = -1;
  int files = -1;  // An epoll descriptor: what held threads watch.
  pid_t root = 0;
  std::uint32_t processor_count = 4;
  Relay* relay = nullptr;  // Null when there is no server.
  std::map<pid_t, Process> processes;
  std::map<pid_t, Thread> threads;
  std::uint32_t births = 0;
  pid_t last_runner = 0;
  std::set<pid_t> resting;  // Held, for they spin.
  FutexTable futexes;
  TimerTable timers;
  ThreadOrder order;
  Random chance;
  CallTrail trail;
  bool has_signal_files = false;       // Somebody has made one.
  std::set<std::string> notes;         // Said.
  std::vector<std::string> new_notes;  // To be said.
  // To these threads a signal was sent: where it arrives must be known before anybody runs.
  std::set<pid_t> signalled;
  // Who sent it, as the program numbers processes, by (process, signal): it was we who did.
  std::map<std::pair<pid_t, int>, pid_t> senders;
  // These processes end, of themselves or by a signal: nobody runs until they are gone.
  std::set<pid_t> ending;

  Process& ProcessOf(const Thread& thread) { return processes.at(thread.process); }
  // Our copy of the descriptor, or -1.
  int Copy(const Thread& thread, int file);
  // Registers our copy of `file` with the wait. False: it can't be waited for, so it is ready.
  bool Watch(Wait& wait, const Thread& thread, int file, std::uint32_t events);
  void Drop(Wait& wait);
  void Note(const std::string& text);
  // Which signals `file` waits for, if it is one of signalfd(2): whether any waits can't be seen
  // from outside of the program. 0 for other files.
  std::uint64_t SignalsOf(const Thread& thread, int file) const;
  // A signal went to the process, or to one thread of the program.
  void ExpectSignal(pid_t process);
  Thread* FindByInner(pid_t inner);

  // For the trail. A call of the thread, with what became of it; or something else.
  void Tell(const Thread& thread, CallRecord::Kind kind, const Outcome& outcome);
  void Tell(CallRecord::Kind kind, std::uint64_t thread, std::int64_t value, int call = 0);

  // A held thread goes on with this answer, when it is its turn.
  void WakeWith(Thread& thread, Outcome answer);
  // A held thread's call is looked at again.
  void WakeAgain(Thread& thread);
};

// What a call becomes, by its number. Requires: `thread.call` is set.
Outcome HandleCall(Tree& tree, Thread& thread);

}  // namespace sim::virtual_process
