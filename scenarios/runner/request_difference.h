// Whether two requests are the same, and where they differ: pure, for runs against a recording.
#pragma once

#include <string>
#include <vector>

#include "apiserver/encoding/decode_request.h"

namespace scenarios {

// What need not be equal.
enum class RequestTolerance {
  kNone,
  // Programs in real time: what clocks and chance decide (times, UUIDs, long hexadecimal and
  // decimal numbers, how long a watch is to last).
  kChance,
};

// "PATCH /api/v1/...".
std::string RequestLine(const apiserver::WireRequest& request);

// Method, path, content type and body; who asks and with which agent are left out.
bool IsSameRequest(const apiserver::WireRequest& recorded, const apiserver::WireRequest& live,
                   RequestTolerance tolerance);

// A line per difference, with both sides: "body spec.replicas: recorded 3, now 4". At most
// kShownDifferencesMax; empty if they are the same.
inline constexpr std::size_t kShownDifferencesMax = 10;
std::vector<std::string> RequestDifferences(const apiserver::WireRequest& recorded,
                                            const apiserver::WireRequest& live,
                                            RequestTolerance tolerance);

// How close `live` comes to what was recorded: more is closer. For the choice of the other side.
int RequestLikeness(const apiserver::WireRequest& recorded, const apiserver::WireRequest& live);

}  // namespace scenarios
