// Counts events per (name, key) since time or an outside input last moved: finds loops that feed
// themselves.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim {

class Guard {
 public:
  // Two controllers that fight exceed this at once; nothing honest comes near it.
  static constexpr std::uint32_t kEventsMax = 1000;

  explicit Guard(std::uint32_t events_max = kEventsMax) : events_max_(events_max) {}

  // Time moved, or an input came.
  void Reset() {
    first_.clear();
    if (!counts_.empty()) counts_.clear();
  }

  // Counts one event; false if it is one too many.
  bool Admit(std::string_view name, std::string_view key);

 private:
  std::uint32_t events_max_;
  // Stable hashes of (name, key). While no more than the limit ran in all, none can be over it:
  // these are only kept, and counted when that many have run.
  std::vector<std::uint64_t> first_;
  // Only looked up, never iterated.
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
};

}  // namespace sim
