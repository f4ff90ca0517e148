// The seeds that `--seed` names: "7", or "1..20".
#pragma once

#include <cstdint>
#include <string>

#include "sim/result.h"

namespace scenarios {

struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // included
  std::uint64_t count() const { return last - first + 1; }
};

inline constexpr std::uint64_t kSeedsMax = 1'000'000;

sim::Result<SeedRange> ParseSeedRange(const std::string& text);

}  // namespace scenarios
