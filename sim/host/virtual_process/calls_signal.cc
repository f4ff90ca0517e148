// Signals: sent natively, but where one arrives is awaited before anybody else runs.
#include <errno.h>
#include <sys/syscall.h>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {

bool HasPendingSignal(const Thread& thread, std::uint64_t signals) {
  const std::string status = ReadProcFile(thread.id, "status");
  const std::uint64_t pending =
      StatusNumber(status, "SigPnd", 16) | StatusNumber(status, "ShdPnd", 16);
  return (pending & signals) != 0;
}

Outcome SignalCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() != SYS_rt_sigtimedwait) {
    // kill takes a process (or a group, as a negative number), the others a thread.
    const bool is_of_thread = arguments.call() == SYS_tgkill || arguments.call() == SYS_tkill ||
                              arguments.call() == SYS_rt_tgsigqueueinfo;
    const int place = arguments.call() == SYS_tkill || !is_of_thread ? 0 : 1;
    const Thread* target = tree.FindByInner(arguments.Int(place));
    if (is_of_thread && target != nullptr) {
      tree.signalled.insert(target->id);
    } else if (target != nullptr) {
      tree.ExpectSignal(target->process);
    } else {
      for (const auto& [id, process] : tree.processes) tree.ExpectSignal(id);
    }
    return Outcome::Continue();
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
