// What a call costs when it runs: cel-go's figures, with Kubernetes' before them.
//
// Source: cel-go interpreter/runtimecost.go, ext/{lists,sets}.go; k8s.io/apiserver
// pkg/cel/library/cost.go. Threads: no state.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

inline constexpr std::uint64_t kListCreateCost = 10;
inline constexpr std::uint64_t kMapCreateCost = 30;
inline constexpr std::uint64_t kStructCreateCost = 40;

using CallCost = std::uint64_t (*)(std::span<const Value> arguments, const Value& result);

// nullptr: 1. `overload_id` is "" when several overloads are possible.
CallCost FindCallCost(std::string_view function, std::string_view overload_id);

}  // namespace apiserver::cel
