// Virtual times and durations as people and the Kubernetes API write them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/time.h"

namespace sim {

// The proleptic Gregorian date and time of day in UTC.
struct CivilTime {
  std::int64_t year = 1970;
  int month = 1;  // 1-12.
  int day = 1;    // 1-31.
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
};

CivilTime CivilTimeOf(Time time);
// Requires: the fields are in range and the time fits (years 1678 to 2261).
Time TimeOf(const CivilTime& civil);

// RFC 3339 in UTC, with as many decimals of the second as it has: "2026-01-01T00:00:00Z".
std::string TimeText(Time time);

// As Go prints a duration: "1h30m0s", "1.5s", "20ms", "0s".
std::string DurationText(Duration duration);

}  // namespace sim
