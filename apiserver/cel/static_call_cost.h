// What one call can cost, by function, beside its arguments. Not for use beside the static
// estimate.
//
// Source: k8s.io/apiserver pkg/cel/library/cost.go; cel-go ext/{lists,sets}.go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/cel/static_cost.h"

namespace apiserver::cel {

struct CostNode {
  const Expression* expression = nullptr;
  TypePtr type;
  std::vector<std::string> path;
  CostRange size;  // Unknown() if nothing is known
  bool has_size = false;
};

struct CallCostEstimate {
  CostRange cost;
  std::optional<CostRange> result_size = std::nullopt;
};

struct CostedCall {
  std::string_view function;
  std::string_view overload_id;
  const CostNode* target;  // nullptr: global
  const std::vector<CostNode>& arguments;
  const SizeEstimator& sizes;
};

// nullopt: the figures of the language itself hold.
std::optional<CallCostEstimate> EstimateLibraryCall(const CostedCall& call);

}  // namespace apiserver::cel
