// The page by which a program reads virtual time without a call: the supervisor writes it, code in
// place of the kernel's vDSO reads it.
//
// Invariants:
// (1) Every read advances the clock by one nanosecond, so that no two stamps are equal.
// (2) Only one thread of a program runs at a time, but for counted exceptions: reads are atomic.
#pragma once

#include <time.h>

#include <cstdint>
#include <optional>

#include "sim/time.h"

namespace sim::virtual_process {

// A program's monotonic clock at the start of a run: as if the machine had started a while ago.
inline constexpr std::int64_t kMonotonicStart = 1000LL * 1'000'000'000;

// A thread that reads the clock so often without any call may spin until others have done
// something: then they get their turns. Counted in reads, for CPU time is the machine's.
inline constexpr std::int32_t kReadsMax = 256;

// Known to the code in vdso_code.cc by its offsets.
struct ClockPage {
  std::int64_t monotonic = kMonotonicStart;  // offset 0, nanoseconds
  std::int64_t real_offset = 0;              // offset 8: what real time is ahead of it
  std::int32_t reads_left = kReadsMax;       // offset 16: before a read is a call
};

// Where it is mapped in every program, and behind it the code: far from all that programs map by
// themselves.
inline constexpr std::uint64_t kClockPageAddress = 0x6ffff0000000;
inline constexpr std::uint64_t kClockCodeAddress = kClockPageAddress + 4096;

enum class ClockKind : std::uint8_t { kReal, kMonotonic, kCpu, kUnknown };

// What clock_gettime(2) calls `clock`. CPU clocks stay the machine's.
ClockKind KindOfClock(std::int64_t clock);

// One reading of the clock. Requires: kReal or kMonotonic.
std::int64_t ReadClock(ClockPage& page, ClockKind kind);

// On the monotonic clock, when a wait ends that was given as `value` of `kind`. Saturates.
std::int64_t DeadlineOf(const ClockPage& page, ClockKind kind, bool is_absolute,
                        std::int64_t value);

inline constexpr std::int64_t kNever = INT64_MAX;
inline constexpr std::int64_t kSecond = 1'000'000'000;

// Nothing for what the kernel refuses with EINVAL.
std::optional<std::int64_t> NanosecondsOf(const timespec& span);
timespec TimespecOf(std::int64_t nanoseconds);

}  // namespace sim::virtual_process
