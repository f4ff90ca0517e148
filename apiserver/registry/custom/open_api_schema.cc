#include "apiserver/registry/custom/open_api_schema.h"

#include <optional>

#include "apiserver/registry/custom/list_keywords.h"
#include "apiserver/registry/custom/rule_checks.h"
#include "apiserver/registry/custom/rule_keywords.h"
#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {
namespace {

bool IsMetaField(std::string_view name) {
  return name == "metadata" || name == "kind" || name == "apiVersion";
}

bool IsKnownType(std::string_view type) {
  for (std::string_view known : {"array", "boolean", "integer", "number", "object", "string"}) {
    if (type == known) return true;
  }
  return false;
}

// What holds in a part of the schema because of what lies above it.
struct Surroundings {
  bool is_in_metadata = false;        // in the metadata of a whole object
  std::string_view default_reason{};  // why defaults are forbidden, "" when they are not
  const RulePlace* rules = nullptr;   // null: rules are not compiled
  // The nearest list whose items can't be found again in an older state, or null.
  const FieldPath* uncorrelatable = nullptr;
};

class Keywords {
 public:
  Keywords(Violations& errors, Violations& rule_errors)
      : errors_(errors), rule_errors_(rule_errors) {}

  void Check(const Value& schema, const FieldPath& path, const Surroundings& around,
             bool is_root = false) {
    const std::size_t error_count = errors_.size();
    CheckStandard(schema, path, around);
    if (BoolAt(schema, {"uniqueItems"})) {
      errors_.Forbidden(
          path.Child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    CheckAdditional(schema, path, around);
    CheckProperties(schema, path, around, is_root);
    Surroundings nested = around;
    nested.rules = nullptr;
    if (const Value* unwanted = SubSchema(schema, "not"))
      Check(*unwanted, path.Child("not"), nested);
    for (std::string_view name : {"allOf", "oneOf", "anyOf"}) CheckList(schema, name, path, nested);
    const FieldPath definitions = path.Child("definitions");
    for (const auto& definition : SchemaMap(schema, "definitions"))
      Check(definition.value(), definitions.Key(definition.key()), nested);
    CheckItems(schema, path, around);
    const FieldPath dependencies = path.Child("dependencies");
    for (const auto& dependency : SchemaMap(schema, "dependencies")) {
      if (dependency.value().is_object())
        Check(dependency.value(), dependencies.Key(dependency.key()), nested);
    }
    CheckListKeywords(schema, path, errors_);
    CheckRuleKeywords(schema, path, errors_);
    // What is wrong with the schema here or below would only confuse what is said of its rules.
    if (around.rules != nullptr && errors_.size() == error_count)
      around.rules->CheckRules(path, around.uncorrelatable, rule_errors_);
  }

 private:
  void CheckStandard(const Value& schema, const FieldPath& path, const Surroundings& around) {
    const std::string_view type = TextAt(schema, {"type"});
    if (!type.empty() && !IsKnownType(type)) {
      errors_.NotSupported(path.Child("type"), type,
                           {"array", "boolean", "integer", "number", "object", "string"});
    }
    if (Find(schema, "default") != nullptr && !around.default_reason.empty()) {
      errors_.Forbidden(path.Child("default"),
                        "must not be set " + std::string(around.default_reason));
    }
    for (std::string_view name :
         {"id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"}) {
      if (Find(schema, name) != nullptr)
        errors_.Forbidden(path.Child(name), std::string(name) + " is not supported");
    }
    if (type == "null") {
      errors_.Forbidden(path.Child("type"),
                        "type cannot be set to null, use nullable as an alternative");
    }
    if (!SchemaList(schema, "items").empty())
      errors_.Forbidden(path.Child("items"), "items must be a schema object and not an array");
    if (around.is_in_metadata && BoolAt(schema, {"x-kubernetes-embedded-resource"})) {
      errors_.Forbidden(path.Child("x-kubernetes-embedded-resource"),
                        "must not be used inside of resource meta");
    }
  }

  void CheckAdditional(const Value& schema, const FieldPath& path, const Surroundings& around) {
    const Value* additional = Find(schema, "additionalProperties");
    if (additional == nullptr) return;
    const FieldPath at = path.Child("additionalProperties");
    const bool is_true = additional->is_bool() && additional->get_bool();
    if (!SchemaMap(schema, "properties").empty() && !is_true)
      errors_.Forbidden(at, "additionalProperties and properties are mutual exclusive");
    if (!additional->is_object()) return;
    Surroundings below = around;
    std::optional<RulePlace> rules;
    if (around.rules != nullptr) below.rules = &rules.emplace(around.rules->Additional());
    if (around.is_in_metadata)
      below.default_reason = "inside additionalProperties applying to object metadata";
    Check(*additional, at, below);
  }

  void CheckProperties(const Value& schema, const FieldPath& path, const Surroundings& around,
                       bool is_root) {
    const bool is_resource = is_root || BoolAt(schema, {"x-kubernetes-embedded-resource"});
    const FieldPath properties = path.Child("properties");
    for (const auto& property : SchemaMap(schema, "properties")) {
      const std::string_view name = property.key();
      Surroundings below = around;
      std::optional<RulePlace> rules;
      if (around.rules != nullptr) below.rules = &rules.emplace(around.rules->Property(name));
      std::string reason;
      if (is_resource && IsMetaField(name)) {
        below.is_in_metadata = true;
        reason = "in top-level " + std::string(name);
        if (is_root) below.default_reason = reason;
      }
      Check(property.value(), properties.Key(name), below);
    }
  }

  void CheckItems(const Value& schema, const FieldPath& path, const Surroundings& around) {
    Surroundings below = around;
    if (TextAt(schema, {"x-kubernetes-list-type"}) != "map" && below.uncorrelatable == nullptr)
      below.uncorrelatable = &path;
    std::optional<RulePlace> rules;
    if (const Value* items = SubSchema(schema, "items")) {
      if (around.rules != nullptr) below.rules = &rules.emplace(around.rules->Items());
      Check(*items, path.Child("items"), below);
    }
    below.rules = nullptr;
    CheckList(schema, "items", path, below);
  }

  void CheckList(const Value& schema, std::string_view name, const FieldPath& path,
                 const Surroundings& around) {
    const FieldPath list = path.Child(name);
    std::size_t index = 0;
    for (const Value& one : SchemaList(schema, name)) Check(one, list.Index(index++), around);
  }

  Violations& errors_;
  Violations& rule_errors_;
};

}  // namespace

FieldErrors ValidateOpenApiSchema(const Value& schema, const FieldPath& path,
                                  const SchemaNode* structural) {
  Violations errors;
  Violations rule_errors;
  RuleBudget budget;
  Surroundings around;
  std::optional<RulePlace> rules;
  if (structural != nullptr) around.rules = &rules.emplace(*structural, budget);
  Keywords(errors, rule_errors).Check(schema, path, around, true);
  errors.Append(rule_errors.Take());
  budget.Tell(path, errors);
  return errors.Take();
}

}  // namespace apiserver
