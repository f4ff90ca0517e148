// IntOrString values: ports by number or name, budgets by count or percentage.
//
// Source: k8s.io/apimachinery/pkg/util/intstr. Threads: any.
#pragma once

#include <cstdint>
#include <string>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

enum class Rounding : std::uint8_t { kDown, kUp };

// A count as it is, or "N%" of `total`, rounded as asked. nullptr and null are 0.
// Error: a text that is no percentage.
sim::Result<std::int64_t> ScaledIntOrPercent(const Value* value, std::int64_t total,
                                             Rounding rounding);

// The value as upstream prints it: "8080", "http", "25%".
std::string IntOrStringText(const Value& value);

}  // namespace apiserver
