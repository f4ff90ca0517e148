#include "apiserver/cel/cost_range.h"

#include <algorithm>
#include <cmath>

namespace apiserver::cel {
namespace {

std::uint64_t Add(std::uint64_t a, std::uint64_t b) {
  return a > CostRange::kUnbounded - b ? CostRange::kUnbounded : a + b;
}
std::uint64_t Multiply(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > CostRange::kUnbounded / b ? CostRange::kUnbounded : a * b;
}
std::uint64_t Multiply(std::uint64_t a, double factor) {
  const double product = std::ceil(static_cast<double>(a) * factor);
  return product >= 0x1p64 ? CostRange::kUnbounded : static_cast<std::uint64_t>(product);
}

}  // namespace

CostRange CostRange::Plus(CostRange other) const {
  return {Add(min, other.min), Add(max, other.max)};
}
CostRange CostRange::Times(CostRange other) const {
  return {Multiply(min, other.min), Multiply(max, other.max)};
}
CostRange CostRange::Times(double factor) const {
  return {Multiply(min, factor), Multiply(max, factor)};
}
CostRange CostRange::Union(CostRange other) const {
  return {std::min(min, other.min), std::max(max, other.max)};
}

}  // namespace apiserver::cel
