// The rules of a definition's schema, compiled and estimated when the definition is written.
//
// Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
// Threads: any, no shared state.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/registry/custom/rule_compiler.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// What all rules of one schema can cost together.
class RuleBudget {
 public:
  void Add(const std::string& path, std::uint64_t cost);
  // The errors about the whole, if it is too much; `path` is that of the schema.
  void Tell(const FieldPath& path, Violations& errors) const;

 private:
  struct Part {
    std::string path;
    std::uint64_t cost;
  };
  std::uint64_t total_ = 0;
  std::vector<Part> most_expensive_;  // descending, at most four
};

// Where a walk over a schema is, as far as rules are concerned. A place points to its parent.
class RulePlace {
 public:
  RulePlace(const SchemaNode& root, RuleBudget& budget) : schema_(&root), budget_(&budget) {}
  RulePlace Property(std::string_view name) const;
  RulePlace Items() const;
  RulePlace Additional() const;

  // Compiles the rules here. `uncorrelatable` is the path of the nearest list above whose items
  // can't be found again, or null.
  void CheckRules(const FieldPath& path, const FieldPath* uncorrelatable, Violations& errors) const;

 private:
  RulePlace Below(const SchemaNode* schema, std::string step) const;
  // Types of this part: those of the parent's scope where it has rules, or of its own.
  const RuleType* TypeHere() const;

  void CheckRule(const CompiledRule& rule, const FieldPath& path, const FieldPath* uncorrelatable,
                 std::uint64_t cardinality, Violations& errors) const;

  const RulePlace* parent_ = nullptr;
  const SchemaNode* schema_;
  RuleBudget* budget_;
  std::string
      step_;  // from the parent: an escaped name, "@items", "@values", or "" when unreachable
  // How often data can occur here; nullopt: without bound.
  std::optional<std::uint64_t> max_cardinality_ = 1;
  mutable bool has_looked_ = false;
  mutable const RuleType* type_ = nullptr;
  mutable const RuleTypes* types_ = nullptr;
  mutable std::shared_ptr<const RuleTypes> own_types_;
};

}  // namespace apiserver
