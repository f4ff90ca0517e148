// What one evaluation of a rule can cost at most, with data as large as its schema allows.
#pragma once

#include <cstdint>

#include "apiserver/cel/program.h"
#include "apiserver/registry/custom/rule_types.h"

namespace apiserver {

// `type` is that of self.
std::uint64_t MaxCost(const cel::Program& program, const RuleType& type);

}  // namespace apiserver
