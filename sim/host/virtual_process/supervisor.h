// The process that runs a program on virtual time: traces it, answers its trapped calls, and lets
// one of its threads run at a time.
//
// Invariants:
// (1) Time moves only while every thread waits, and never beyond what the kernel granted.
// (2) A thread that is not running goes on only when its turn comes (sim/host/virtual_process/
// thread_order.h).
// (3) When this process ends, in whatever way, so does the program (PTRACE_O_EXITKILL).
#pragma once

#include <sys/wait.h>

#include <memory>
#include <set>
#include <string>

#include "sim/host/virtual_process/launch.h"
#include "sim/host/virtual_process/protocol.h"
#include "sim/host/virtual_process/relay.h"
#include "sim/host/virtual_process/spin_watch.h"
#include "sim/host/virtual_process/tree.h"
#include "sim/pacing.h"

namespace sim::virtual_process {

class Supervisor {
 public:
  // More threads than any program needs: one that makes threads or processes without end.
  static constexpr std::size_t kThreadsMax = 2048;
  // CPU time after which a thread that computes gets company, if others wait.
  // Long: what a slow and busy machine needs for a runtime's start must not count.
  static constexpr std::int64_t kCompanyAfter = 2 * kSecond;
  // Before the first look at one that runs: as short as it may be, since its wait is a rare one.
  static constexpr std::int64_t kFirstLook = 100'000;
  // Among the threads' numbers in Tree::files.
  static constexpr std::uint64_t kOutputEvent = 0;
  // So often one that spins may let time pass before it counts as busy.
  static constexpr int kRestsMax = 1000;
  // Time that it lets pass at most: runtimes spin for those that sleep for microseconds.
  static constexpr std::int64_t kRestMax = kSecond / 1000;
  // So often a thread may hand on its turn with nobody there to take it, before each time takes
  // time: kRestMin, twice that, and so on up to kRestMax.
  static constexpr int kIdleTurnsMax = 50;
  static constexpr std::int64_t kRestMin = 5'000;
  static constexpr int kRestDoublings = 10;
  // So often one that may spin is stopped where it may.
  static constexpr int kPassesMax = 6;
  // CPU time after which the kernel is told who is busy, each time.
  static constexpr std::int64_t kBusyReportAfter = 5 * kSecond;

  // The machine's time between two words to the kernel that all is well.
  static constexpr WallTime kAliveAfter = std::chrono::seconds(5);

  // `socket` leads to the kernel.
  Supervisor(int socket, const StartMessage& start);
  ~Supervisor();
  // Until the program has ended or the kernel is gone. The exit status of this process.
  int Run();

 private:
  // --- supervisor.cc: the loop and the kernel.
  bool Begin();
  bool AwaitCall();
  void Wait();
  void TakeMessages();
  void Obey(const Message& message);
  void Send(const Message& message);
  bool ReadOutput();
  void SayQuiet();
  std::vector<Wire> TakeWires();
  void SayAlive();
  void SayExited();

  // --- turns.cc: who runs.
  void TakeWaitingCall();
  void TakeCall(const seccomp_notif& call);
  bool TakeTurn();
  void Dispatch(Thread& thread);
  void HandOn(Thread& thread, std::int64_t answer);
  void SendAnswer(Thread& thread, const Outcome& outcome);
  // For the call that begins again. One that waits, or hands on its turn, does it all anew.
  void KeepAnswer(Thread& thread, Outcome outcome);
  void CheckRunning();
  void CheckComputing(Thread& thread);
  void CheckSleeping(Thread& thread);
  bool HasRunning() const;
  bool HasBlocked() const;
  bool IsAtRest();
  bool GoOn();  // All wait: whatever can go on without the kernel. False if nothing can.
  void TellMoved(CallRecord::Kind kind);
  bool WakeReady();
  std::int64_t NextDeadline() const;
  void AdvanceTo(std::int64_t time);
  void TimeOut(Thread& thread);

  // --- stops.cc: what ptrace reports.
  void Reap();
  void TakeStop(pid_t id, int status);
  void TakeExit(pid_t id, int status);
  void TakeBirth(Thread& parent, int event);
  void TakeExec(pid_t id);
  bool EmulateCounter(Thread& thread);
  void HoldBlocked(Thread& thread);
  void HoldStopped(Thread& thread, virtual_process::Wait wait);
  Thread& AddThread(pid_t id, pid_t parent_process);
  void QueueStopped(Thread& thread, int signal);
  void AwaitVforking(pid_t child);
  void EndThreads(pid_t process);
  void WakeChanged(pid_t process);
  void WakeParents(pid_t parent);
  void KillAll();

  // --- spins.cc: who spins.
  static bool IsAtBreakpoint(const Thread& thread, int signal);
  void TakeSample(Thread& thread);
  void TakePass(Thread& thread);
  void WatchPlace(Thread& thread, std::uint64_t place);
  void Rest(Thread& thread, const SpinState& state);

  // --- signals.cc: which call a signal ends, whom it kills, when it arrives.
  void TakeSignal(Thread& thread, int signal);
  bool IsFatal(const Thread& thread, int signal) const;
  void NameSender(const Thread& thread, int signal);
  void SettleSignals();
  bool HasSettled(pid_t id);
  static bool IsTaking(const Thread& thread, const std::string& status);

  const int socket_;
  const StartMessage start_;
  Tree tree_;
  Launched launched_;
  std::unique_ptr<Relay> relay_;
  pid_t runner_ = 0;  // The thread whose turn it is; 0 if the next may begin.
  bool is_granted_ = false;
  std::uint64_t run_number_ = 0;
  // A thread has run since GoOn last asked: it says so by a call, a stop or its end.
  bool has_run_ = true;
  bool has_output_ = false;  // To be read.
  bool is_seen_ = false;     // Since the grant the program did something that others see.
  std::int64_t until_ = 0;   // Granted, on the program's monotonic clock.
  bool is_kernel_gone_ = false;
  bool has_executed_ = false;
  bool have_all_ended_ = false;  // Nobody is left who could make a trapped call.
  std::optional<int> root_status_;
  std::set<pid_t> early_stops_;  // Reported before their parent's event.
  bool is_settling_ = false;
  std::vector<pid_t> settled_;  // Stopped by signals that settle now.
  SpinWatch spin_watch_;        // Of the thread whose turn it is.
  int passes_left_ = 0;         // At its breakpoint, that tell something.
  std::int64_t patience_ = 0;   // How long the next look at a running thread is away.
  std::int64_t busy_reported_ = 0;
  WallTime alive_said_{};
  std::uint64_t calls_ = 0;
  std::uint64_t companies_ = 0;
};

// A signal that stops a process.
bool IsGroupStop(int signal);

// The hidden command: `socket` is inherited. The exit status.
int RunSupervisor(int socket);

}  // namespace sim::virtual_process
