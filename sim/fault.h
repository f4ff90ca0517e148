// Named places where things may go wrong on purpose: the code asks, the scenario or a test decides.
//
//   if (faults.Hit("store.fsync")) return Error{...};
//
// Names are "part.verb". Hits are counted for every name, armed or not. The kernel's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/random.h"

namespace sim {

// When a fault point fires; with all at zero, never.
struct FaultPlan {
  std::uint64_t at_hit = 0;          // At the n-th hit from arming on, counted from 1.
  std::uint64_t chance_percent = 0;  // Or at random, at each hit.
  std::uint64_t fires_max = 1;       // Then it disarms itself.
};

class Faults {
 public:
  // `random` decides chances; a stream of the kernel.
  explicit Faults(Random& random) : random_(random) {}

  void Arm(std::string_view name, FaultPlan plan);
  void Disarm(std::string_view name);

  // Whether the place `name` fails this time.
  bool Hit(std::string_view name);

  std::uint64_t hit_count(std::string_view name) const;
  std::uint64_t fire_count(std::string_view name) const;

 private:
  struct Point {
    FaultPlan plan;
    bool is_armed = false;
    std::uint64_t hits_since_armed = 0;
    std::uint64_t fires_since_armed = 0;
    std::uint64_t hits = 0;
    std::uint64_t fires = 0;
  };

  Point& PointOf(std::string_view name);

  Random& random_;
  std::map<std::string, Point, std::less<>> points_;
};

}  // namespace sim
