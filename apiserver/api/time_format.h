// Times and durations as API objects write them.
//
// Wall times are seconds and nanoseconds since 1970 in UTC, so years 0 to 9999 fit, which sim::Time
// does not cover; conversions to sim::Time saturate (1677 to 2262). Threads: any.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/time.h"

namespace apiserver {

struct WallTime {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;  // 0 to 999,999,999
  auto operator<=>(const WallTime&) const = default;
};

WallTime ToWallTime(sim::Time time);
sim::Time ToSimTime(WallTime time);

// RFC 3339 with optional fraction and any zone. Errors have the words of Go's time.Parse.
sim::Result<WallTime> ParseTime(std::string_view text);
// As metav1.MicroTime reads it: exactly six decimals.
sim::Result<WallTime> ParseMicroTime(std::string_view text);

// "2026-01-01T00:00:00Z": metav1.Time, the fraction cut.
std::string FormatTime(WallTime time);
std::string FormatTime(sim::Time time);
// "2026-01-01T00:00:00.000000Z": metav1.MicroTime.
std::string FormatMicroTime(WallTime time);
std::string FormatMicroTime(sim::Time time);
// A shorthand for what the API itself wrote: nullopt when malformed.
std::optional<sim::Time> TimeFromText(std::string_view text);

// Go's time.ParseDuration ("1h30m", "1.5s", "-2ms", "0") and Duration.String ("1h30m0s").
sim::Result<sim::Duration> ParseGoDuration(std::string_view text);
std::string FormatGoDuration(sim::Duration duration);
// kubectl's ages: "5s", "3m20s", "17h", "2d3h", "1y40d"; negative beyond a rounding is "<invalid>".
std::string HumanDuration(sim::Duration duration);

}  // namespace apiserver
