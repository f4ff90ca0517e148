#include "sim/host/virtual_process/clock_page.h"

#include "sim/check.h"

namespace sim::virtual_process {
namespace {

std::int64_t AddSaturated(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? kNever : INT64_MIN;
  return sum;
}

}  // namespace

ClockKind KindOfClock(std::int64_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
      return ClockKind::kReal;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
      return ClockKind::kMonotonic;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
      return ClockKind::kCpu;
    default:
      // Negative numbers name the CPU clocks of other processes, and devices.
      return clock < 0 ? ClockKind::kCpu : ClockKind::kUnknown;
  }
}

std::int64_t ReadClock(ClockPage& page, ClockKind kind) {
  SIM_CHECK(kind == ClockKind::kReal || kind == ClockKind::kMonotonic);
  const std::int64_t now = __atomic_add_fetch(&page.monotonic, 1, __ATOMIC_SEQ_CST);
  return kind == ClockKind::kReal ? now + page.real_offset : now;
}

std::int64_t DeadlineOf(const ClockPage& page, ClockKind kind, bool is_absolute,
                        std::int64_t value) {
  if (!is_absolute) return AddSaturated(page.monotonic, value);
  return kind == ClockKind::kReal ? AddSaturated(value, -page.real_offset) : value;
}

std::optional<std::int64_t> NanosecondsOf(const timespec& span) {
  if (span.tv_sec < 0 || span.tv_nsec < 0 || span.tv_nsec >= kSecond) return std::nullopt;
  if (span.tv_sec >= kNever / kSecond) return kNever;
  return span.tv_sec * kSecond + span.tv_nsec;
}

timespec TimespecOf(std::int64_t nanoseconds) {
  return {nanoseconds / kSecond, nanoseconds % kSecond};
}

}  // namespace sim::virtual_process
