// The rules of one part of a schema (x-kubernetes-validations), compiled.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go. Threads: any; what is
// compiled is immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apiserver/cel/program.h"
#include "apiserver/registry/custom/rule_types.h"

namespace apiserver {

struct CompiledRule {
  const Value* source = nullptr;
  // Null when the rule is empty, or refused for the reason in `error`.
  std::shared_ptr<const cel::Program> program;
  std::string error;
  bool uses_old_self = false;
  bool has_optional_old_self = false;
  std::shared_ptr<const cel::Program> message;  // null when there is none, or refused
  std::string message_error;
  std::string field_path;  // normalised, "" for none
  // What one evaluation can cost at most.
  std::uint64_t max_cost = 0;
  std::uint64_t message_max_cost = 0;

  std::string_view text() const { return TextAt(*source, {"rule"}); }
  std::string_view message_text() const { return TextAt(*source, {"message"}); }
};

// Costs are estimated only on request: they matter when a definition is written.
enum class Costs : std::uint8_t { kEstimated, kIgnored };

// Requires: schema.rules != nullptr; `type` belongs to `types` and is that of the schema.
std::vector<CompiledRule> CompileRules(const SchemaNode& schema, const RuleTypes& types,
                                       const RuleType& type, Costs costs);

// A rule as errors show it: upstream's struct as JSON.
std::string RuleJson(const Value& rule);

}  // namespace apiserver
