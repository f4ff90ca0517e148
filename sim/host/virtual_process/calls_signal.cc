// Signals: sent by us, and where one arrives is awaited before anybody else runs.
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {

bool HasPendingSignal(const Thread& thread, std::uint64_t signals) {
  const std::string status = ReadProcFile(thread.id, "status");
  const std::uint64_t pending =
      StatusNumber(status, "SigPnd", 16) | StatusNumber(status, "ShdPnd", 16);
  return (pending & signals) != 0;
}

namespace {

// As the program numbers process groups.
pid_t InnerGroupOf(pid_t process) {
  const std::string status = ReadProcFile(process, "status");
  const std::size_t line = status.find("NSpgid:");
  if (line == std::string::npos) return -1;
  return std::atoi(status.c_str() + status.rfind('\t', status.find('\n', line)) + 1);
}

// To whom kill(2) sends for `target`.
std::vector<pid_t> ProcessesOf(const Tree& tree, const Thread& thread, pid_t target) {
  std::vector<pid_t> processes;
  const pid_t group = target == 0 ? InnerGroupOf(thread.process) : -target;
  for (const auto& [id, process] : tree.processes) {
    const Thread& first = tree.threads.contains(id) ? tree.threads.at(id) : thread;
    const bool is_meant = target > 0     ? first.id == id && first.inner == target
                          : target == -1 ? id != thread.process
                                         : InnerGroupOf(id) == group;
    if (is_meant) processes.push_back(id);
  }
  return processes;
}

void Expect(Tree& tree, const Thread& sender, pid_t process, int signal) {
  tree.senders[{process, signal}] =
      tree.threads.contains(sender.process) ? tree.threads.at(sender.process).inner : sender.inner;
  // No stop of ptrace comes before it.
  if (signal == SIGKILL) tree.ending.insert(process);
}

// Sent in the sender's stead, so that it is known when. What it sends itself is sent natively: we
// would end the very call by which it is sent.
Outcome SendToThread(Tree& tree, Thread& thread, pid_t target, int signal) {
  const Thread* found = tree.FindByInner(target);
  if (found == nullptr || found->id == thread.id || signal == 0) return Outcome::Continue();
  if (syscall(SYS_tgkill, found->process, found->id, signal) != 0) return Outcome::Fail(errno);
  Expect(tree, thread, found->process, signal);
  tree.signalled.insert(found->id);
  return Outcome::Answer(0);
}

Outcome SendToProcesses(Tree& tree, Thread& thread, pid_t target, int signal) {
  const std::vector<pid_t> processes = ProcessesOf(tree, thread, target);
  for (const pid_t process : processes) tree.ExpectSignal(process);
  const bool is_own =
      std::find(processes.begin(), processes.end(), thread.process) != processes.end();
  if (processes.empty() || is_own || signal == 0) return Outcome::Continue();
  int error = 0;
  for (const pid_t process : processes) {
    if (kill(process, signal) != 0) {
      error = errno;
    } else {
      Expect(tree, thread, process, signal);
    }
  }
  return error == 0 ? Outcome::Answer(0) : Outcome::Fail(error);
}

// Carries what the sender wrote, its name too.
Outcome SendWithValue(Tree& tree, Thread& thread, const Arguments& arguments) {
  const bool is_of_thread = arguments.call() == SYS_rt_tgsigqueueinfo;
  const Thread* target = tree.FindByInner(arguments.Int(is_of_thread ? 1 : 0));
  if (target == nullptr || target->process == thread.process) return Outcome::Continue();
  const auto info = ReadValue<siginfo_t>(thread.id, arguments[is_of_thread ? 3 : 2]);
  if (!info) return Outcome::Fail(EFAULT);
  const int signal = arguments.Int(is_of_thread ? 2 : 1);
  siginfo_t copy = *info;
  const long sent = is_of_thread
                        ? syscall(SYS_rt_tgsigqueueinfo, target->process, target->id, signal, &copy)
                        : syscall(SYS_rt_sigqueueinfo, target->process, signal, &copy);
  if (sent != 0) return Outcome::Fail(errno);
  if (signal == SIGKILL) tree.ending.insert(target->process);
  tree.ExpectSignal(target->process);
  return Outcome::Answer(0);
}

}  // namespace

Outcome SignalCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  switch (arguments.call()) {
    case SYS_tgkill:
      return SendToThread(tree, thread, arguments.Int(1), arguments.Int(2));
    case SYS_tkill:
      return SendToThread(tree, thread, arguments.Int(0), arguments.Int(1));
    case SYS_kill:
      return SendToProcesses(tree, thread, arguments.Int(0), arguments.Int(1));
    case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo:
      return SendWithValue(tree, thread, arguments);
    default:
      break;
  }
  const auto set = ReadValue<std::uint64_t>(thread.id, arguments[0]);
  if (!set) return Outcome::Fail(EFAULT);
  std::optional<std::int64_t> span = kNever;
  if (arguments[2] != 0) {
    const auto value = ReadValue<timespec>(thread.id, arguments[2]);
    span = value ? NanosecondsOf(*value) : std::nullopt;
    if (!span) return Outcome::Fail(EINVAL);
  }
  // One that is pending is taken natively, and so is the refusal of one that may not wait.
  if (*span == 0 || HasPendingSignal(thread, *set)) return Outcome::Continue();
  Wait wait;
  wait.signals = *set;
  wait.timeout_error = EAGAIN;
  wait.deadline = thread.kept_deadline.value_or(
      *span == kNever ? kNever : DeadlineOf(*tree.page, ClockKind::kMonotonic, false, *span));
  return Outcome::Hold(std::move(wait));
}

}  // namespace sim::virtual_process
