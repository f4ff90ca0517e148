// The part of Supervisor that follows signals: which call one ends, whom it kills, when it arrives.
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>

#include <algorithm>
#include <utility>

#include "sim/host/clock.h"
#include "sim/host/virtual_process/supervisor.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// A signal that was sent arrives within microseconds; a busy machine may take longer.
constexpr WallTime kSettleMax = std::chrono::seconds(5);

std::uint64_t BitOf(int signal) { return 1ULL << (signal - 1); }

}  // namespace

bool IsGroupStop(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

bool Supervisor::IsFatal(const Thread& thread, int signal) const {
  switch (signal) {
    case 0:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
      return false;
    default:
      break;
  }
  if (IsGroupStop(signal)) return false;
  const std::string status = ReadProcFile(thread.id, "status");
  const std::uint64_t taken =
      StatusNumber(status, "SigCgt", 16) | StatusNumber(status, "SigIgn", 16);
  return (taken & BitOf(signal)) == 0;
}

// We sent it in the name of another process.
void Supervisor::NameSender(const Thread& thread, int signal) {
  const auto sent = tree_.senders.find({thread.process, signal});
  if (sent == tree_.senders.end()) return;
  siginfo_t info{};
  if (ptrace(PTRACE_GETSIGINFO, thread.id, nullptr, &info) != 0) return;
  if (info.si_code == SI_USER || info.si_code == SI_TKILL) {
    info.si_pid = sent->second;
    ptrace(PTRACE_SETSIGINFO, thread.id, nullptr, &info);
  }
  tree_.senders.erase(sent);
}

void Supervisor::TakeSignal(Thread& thread, int signal) {
  if (signal == SIGSEGV && EmulateCounter(thread)) return;
  NameSender(thread, signal);
  const std::string status = ReadProcFile(thread.id, "status");
  const bool has_handler = (StatusNumber(status, "SigCgt", 16) & BitOf(signal)) != 0;
  const bool has_turn_in_call =
      thread.state == Thread::State::kWaitsForTurn && thread.has_call && !thread.is_stopped;
  if (thread.state == Thread::State::kHeld || has_turn_in_call) {
    Interrupted interrupted;
    interrupted.call = thread.call.data;
    interrupted.has_handler = has_handler;
    interrupted.deadline = thread.state == Thread::State::kHeld
                               ? thread.wait.deadline
                               : thread.kept_deadline.value_or(kNever);
    interrupted.remaining_address = thread.wait.remaining_address;
    if (has_turn_in_call && thread.turn == Thread::Turn::kAnswer) {
      interrupted.answer = thread.answer;
    }
    // A call that had not begun begins anew.
    const bool had_begun = thread.state == Thread::State::kHeld || thread.kept_deadline ||
                           interrupted.answer.has_value();
    if (had_begun) thread.interrupted = std::move(interrupted);
  } else if (thread.interrupted) {
    thread.interrupted->has_handler = thread.interrupted->has_handler || has_handler;
    // What it looked at may be different after the handler.
    const auto& answer = thread.interrupted->answer;
    if (answer && answer->kind == Outcome::Kind::kContinue) thread.interrupted.reset();
  }
  thread.has_call = false;
  QueueStopped(thread, signal);
}

void Supervisor::SettleSignals() {
  is_settling_ = true;
  const WallTime begun = SteadyNow();
  while (!tree_.signalled.empty() && SteadyNow() - begun < kSettleMax) {
    Reap();
    std::erase_if(tree_.signalled, [this](pid_t id) { return HasSettled(id); });
    if (!tree_.signalled.empty()) sched_yield();
  }
  tree_.signalled.clear();
  is_settling_ = false;
  std::erase_if(settled_, [this](pid_t id) { return !tree_.threads.contains(id); });
  std::sort(settled_.begin(), settled_.end(), [this](pid_t a, pid_t b) {
    return tree_.threads.at(a).number < tree_.threads.at(b).number;
  });
  for (const pid_t id : std::exchange(settled_, {})) tree_.order.Add(id);
}

// A thread that ought to wait has just taken a signal: it is on the way to its stop, or there,
// unreported. Time must not pass before that is known.
bool Supervisor::IsTaking(const Thread& thread, const std::string& status) {
  if (thread.is_stopped || thread.state == Thread::State::kRunning) return false;
  const char state = StatusLetter(status, "State");
  return state == 'R' || state == 't';
}

// A signal that was sent to the thread has been reported, or waits for it to go on.
bool Supervisor::HasSettled(pid_t id) {
  const auto found = tree_.threads.find(id);
  if (found == tree_.threads.end()) return true;
  Thread& thread = found->second;
  if (thread.state == Thread::State::kEnding) return true;
  const std::string status = ReadProcFile(id, "status");
  const std::uint64_t pending =
      StatusNumber(status, "SigPnd", 16) | StatusNumber(status, "ShdPnd", 16);
  if ((pending & ~StatusNumber(status, "SigBlk", 16)) == 0) return !IsTaking(thread, status);
  // It can't take it before its child lets it go on.
  if (thread.vforked != 0) return true;
  if (!thread.is_stopped) return false;
  // Stopped in a call that blocks: it takes the signal when it goes on.
  if (thread.state == Thread::State::kHeld) tree_.WakeAgain(thread);
  return true;
}

}  // namespace sim::virtual_process
