// Times and durations as CEL reads and prints them: Go's time package, and strfmt for schemas.
//
// Threads: any, no shared state.
#pragma once

#include <optional>
#include <string>

#include "apiserver/api/time_format.h"

namespace apiserver::cel {

struct ZonedTime {
  WallTime time;
  int zone_minutes = 0;
};

// RFC 3339. Errors have the words of Go's time.Parse.
sim::Result<ZonedTime> ParseZonedTime(std::string_view text);
// Go's RFC3339Nano in the zone it was written in: "2023-01-01T00:00:00.5+01:00".
std::string FormatZonedTime(WallTime time, int zone_minutes);
// Go's strconv.FormatFloat(seconds, 'f', -1) and "s": "5400s", "0.001s".
std::string FormatSeconds(std::int64_t nanos);
// Go's duration syntax, else numbers with the words strfmt knows ("2 days 3 hours").
std::optional<std::int64_t> ParseSchemaDuration(std::string_view text);
// Go's time.ParseDuration in nanoseconds.
std::optional<std::int64_t> ParseDurationNanos(std::string_view text);

}  // namespace apiserver::cel
