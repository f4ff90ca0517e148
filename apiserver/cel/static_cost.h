// What an expression can cost at most, before it runs: cel-go's estimate with Kubernetes' figures.
//
// Source: cel-go checker/cost.go, k8s.io/apiserver pkg/cel/library/cost.go, apiextensions-apiserver
// pkg/apis/apiextensions/validation (the budgets). Threads: any.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "apiserver/cel/checked.h"
#include "apiserver/cel/cost_range.h"

namespace apiserver::cel {

// What rules may cost by estimate: one, and all of a CustomResourceDefinition.
inline constexpr std::uint64_t kRuleEstimateLimit = 10'000'000;
inline constexpr std::uint64_t kDefinitionEstimateLimit = 100'000'000;

// How large data is, by the schema. A path begins with the variable ("self"), then fields, and
// "@items",
// "@values", "@keys" or "@indices". nullopt: nothing is known.
class SizeEstimator {
 public:
  virtual ~SizeEstimator() = default;
  virtual std::optional<CostRange> SizeOf(std::span<const std::string> path) const = 0;
};

CostRange EstimateCost(const CheckedExpression& expression, const SizeEstimator& sizes);

// "estimated rule cost" and so on: `what` with the factor by which `cost` is above `limit`, and
// advice.
std::string BudgetExceeded(const std::string& what, std::uint64_t cost, std::uint64_t limit);

}  // namespace apiserver::cel
