// Virtual time: integer nanoseconds that only the kernel advances.
#pragma once

#include <chrono>
#include <cstdint>

namespace sim {

// Has no now(): only the kernel can say what time it is, so asking the machine does not compile.
struct VirtualClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

// Nanoseconds since 1970-01-01T00:00:00Z.
using Time = VirtualClock::time_point;
using Duration = VirtualClock::duration;

}  // namespace sim
