// From how little to how much: sizes and costs that are estimated before anything runs.
//
// Sums and products stop at the largest number instead of wrapping. Source: cel-go checker/cost.go.
#pragma once

#include <cstdint>
#include <limits>

namespace apiserver::cel {

inline constexpr double kStringTraversalFactor = 0.1;  // per character read
inline constexpr double kRegexLengthFactor = 0.25;     // per character of a pattern

struct CostRange {
  static constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t min = 0;
  std::uint64_t max = 0;

  static constexpr CostRange Exactly(std::uint64_t value) { return {value, value}; }
  static constexpr CostRange Unknown() { return {0, kUnbounded}; }
  // Of nothing yet: the union with any other is the other.
  static constexpr CostRange Nothing() { return {kUnbounded, 0}; }

  CostRange Plus(CostRange other) const;
  CostRange Times(CostRange other) const;
  CostRange Times(double factor) const;  // rounded up
  CostRange Union(CostRange other) const;
};

}  // namespace apiserver::cel
