// Reading the clock, and sleeping on it.
#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::int64_t kTicksPerSecond = 100;  // USER_HZ
// Linux may end a sleep so much later than asked (prctl(2), PR_SET_TIMERSLACK: 50 us), and ends
// short ones so on an idle machine. Longer ones are exact here. Runtimes poll by short ones (Go's
// sysmon, each 20 us), which without it would be more turns than any machine gives them.
constexpr std::int64_t kTimerSlack = 50'000;

// Once it has read too often the others have their turns, before it goes on.
Outcome Read(Tree& tree, std::int64_t answer) {
  if (--tree.page->reads_left >= 0) return Outcome::Answer(answer);
  tree.page->reads_left = kReadsMax;
  Outcome outcome = Outcome::Yield();
  outcome.value = answer;
  return outcome;
}

}  // namespace

Outcome ClockCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() == SYS_clock_gettime) {
    const ClockKind kind = KindOfClock(arguments.Int(0));
    if (kind == ClockKind::kCpu || kind == ClockKind::kUnknown) return Outcome::Continue();
    const timespec now = TimespecOf(ReadClock(*tree.page, kind));
    const bool is_written = WriteMemory(thread.id, arguments[1], &now, sizeof now);
    return is_written ? Read(tree, 0) : Outcome::Fail(EFAULT);
  }
  if (arguments.call() == SYS_times) {
    // The times in the buffer are CPU times and stay zero: only the answer is a clock.
    const tms none{};
    if (arguments[0] != 0 && !WriteMemory(thread.id, arguments[0], &none, sizeof none)) {
      return Outcome::Fail(EFAULT);
    }
    return Read(tree, ReadClock(*tree.page, ClockKind::kMonotonic) / (kSecond / kTicksPerSecond));
  }
  const std::int64_t now = ReadClock(*tree.page, ClockKind::kReal);
  if (arguments.call() == SYS_time) {
    const std::int64_t seconds = now / kSecond;
    if (arguments[0] != 0 && !WriteMemory(thread.id, arguments[0], &seconds, sizeof seconds)) {
      return Outcome::Fail(EFAULT);
    }
    return Read(tree, seconds);
  }
  const timeval value{now / kSecond, now % kSecond / 1000};
  if (arguments[0] != 0 && !WriteMemory(thread.id, arguments[0], &value, sizeof value)) {
    return Outcome::Fail(EFAULT);
  }
  const struct timezone zone{};
  if (arguments[1] != 0) WriteMemory(thread.id, arguments[1], &zone, sizeof zone);
  return Read(tree, 0);
}

Outcome SleepCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const bool is_plain = arguments.call() == SYS_nanosleep;
  const ClockKind kind = is_plain ? ClockKind::kMonotonic : KindOfClock(arguments.Int(0));
  if (kind == ClockKind::kCpu) return Outcome::Continue();
  if (kind == ClockKind::kUnknown) return Outcome::Fail(EINVAL);
  const bool is_absolute = !is_plain && (arguments.Int(1) & TIMER_ABSTIME) != 0;
  const auto span = ReadValue<timespec>(thread.id, arguments[is_plain ? 0 : 2]);
  if (!span) return Outcome::Fail(EFAULT);
  auto nanoseconds = NanosecondsOf(*span);
  if (!nanoseconds) return Outcome::Fail(EINVAL);
  if (!is_absolute && *nanoseconds > 0 && *nanoseconds < kTimerSlack) *nanoseconds += kTimerSlack;
  Wait wait;
  wait.deadline =
      thread.kept_deadline.value_or(DeadlineOf(*tree.page, kind, is_absolute, *nanoseconds));
  if (wait.deadline <= tree.page->monotonic) {
    return *nanoseconds == 0 ? Outcome::Yield() : Outcome::Answer(0);
  }
  if (!is_absolute) wait.remaining_address = arguments[is_plain ? 1 : 3];
  return Outcome::Hold(std::move(wait));
}

}  // namespace sim::virtual_process
