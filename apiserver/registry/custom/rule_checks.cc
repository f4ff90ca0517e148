#include "apiserver/registry/custom/rule_checks.h"

#include <algorithm>

#include "apiserver/cel/static_cost.h"

namespace apiserver {
namespace {

constexpr std::uint64_t kUnbounded = cel::CostRange::kUnbounded;

std::uint64_t Product(std::uint64_t a, std::uint64_t b) {
  return a == 0 ? 0 : kUnbounded / a < b ? kUnbounded : a * b;
}

// How many parts one part of the schema can have below it; nullopt: without bound.
std::optional<std::uint64_t> MaxElements(const SchemaNode& schema) {
  const auto bound = [](const std::optional<std::int64_t>& max) {
    return max ? std::optional(static_cast<std::uint64_t>(std::max<std::int64_t>(*max, 0)))
               : std::nullopt;
  };
  if (schema.type == SchemaType::kObject && schema.has_additional)
    return bound(schema.max_properties);
  if (schema.type == SchemaType::kArray) return bound(schema.max_items);
  return 1;
}

FieldError InvalidRule(const FieldPath& path, const CompiledRule& rule, const std::string& detail) {
  return {"FieldValueInvalid", path.Text(),
          "Invalid value: " + RuleJson(*rule.source) + ": " + detail};
}

}  // namespace

void RuleBudget::Add(const std::string& path, std::uint64_t cost) {
  constexpr std::size_t kShownMax = 4;
  total_ = kUnbounded - total_ < cost ? kUnbounded : total_ + cost;
  if (cost < cel::kDefinitionEstimateLimit / 100) return;
  most_expensive_.push_back({path, cost});
  std::stable_sort(most_expensive_.begin(), most_expensive_.end(),
                   [](const Part& a, const Part& b) { return a.cost > b.cost; });
  if (most_expensive_.size() > kShownMax) most_expensive_.resize(kShownMax);
}

void RuleBudget::Tell(const FieldPath& path, Violations& errors) const {
  if (total_ <= cel::kDefinitionEstimateLimit) return;
  for (const Part& part : most_expensive_) {
    errors.Forbidden(FieldPath(part.path),
                     "contributed to estimated rule cost total exceeding cost limit for entire "
                     "OpenAPIv3 schema");
  }
  errors.Forbidden(
      path, cel::BudgetExceeded("x-kubernetes-validations estimated rule cost total for entire "
                                "OpenAPIv3 schema",
                                total_, cel::kDefinitionEstimateLimit));
}

RulePlace RulePlace::Below(const SchemaNode* schema, std::string step) const {
  RulePlace below(*this);
  below.parent_ = this;
  below.schema_ = schema;
  below.step_ = std::move(step);
  below.has_looked_ = false;
  below.type_ = nullptr;
  below.types_ = nullptr;
  below.own_types_.reset();
  const std::optional<std::uint64_t> elements =
      schema_ == nullptr ? std::nullopt : MaxElements(*schema_);
  if (max_cardinality_ && elements) {
    below.max_cardinality_ = Product(*max_cardinality_, *elements);
  } else {
    below.max_cardinality_.reset();
  }
  return below;
}

RulePlace RulePlace::Property(std::string_view name) const {
  return Below(schema_ == nullptr ? nullptr : schema_->FindProperty(name),
               cel::EscapeIdentifier(name).value_or(""));
}

RulePlace RulePlace::Items() const {
  return Below(schema_ == nullptr ? nullptr : schema_->items.get(), "@items");
}

RulePlace RulePlace::Additional() const {
  return Below(schema_ == nullptr ? nullptr : schema_->additional.get(), "@values");
}

const RuleType* RulePlace::TypeHere() const {
  if (has_looked_) return type_;
  has_looked_ = true;
  // Types are made once per scope: from the highest part with rules on.
  bool has_rules_above = false;
  for (const RulePlace* above = parent_; above != nullptr; above = above->parent_)
    has_rules_above =
        has_rules_above || (above->schema_ != nullptr && above->schema_->rules != nullptr);
  if (has_rules_above) {
    const RuleType* above = parent_->TypeHere();
    types_ = parent_->types_;
    if (above != nullptr && !step_.empty())
      type_ = step_.front() == '@' ? above->element.get() : above->Field(step_);
    if (type_ != nullptr) return type_;
  }
  const bool is_resource = parent_ == nullptr || schema_->is_embedded_resource;
  own_types_ = RuleTypes::Make(*schema_, is_resource ? SchemaPlace::kResource : SchemaPlace::kPart);
  types_ = own_types_.get();
  type_ = types_ == nullptr ? nullptr : &types_->root();
  return type_;
}

void RulePlace::CheckRules(const FieldPath& path, const FieldPath* uncorrelatable,
                           Violations& errors) const {
  if (schema_ == nullptr || schema_->rules == nullptr) return;
  const FieldPath list = path.Child("x-kubernetes-validations");
  const RuleType* type = TypeHere();
  if (type == nullptr) {
    errors.Append({FieldInternal(
        list.Text(),
        "internal error: failed to construct type information for x-kubernetes-validations rules: "
        "unable to convert structural schema to CEL declarations")});
    return;
  }
  const std::uint64_t cardinality =
      max_cardinality_ ? *max_cardinality_ : MaxCardinality(type->min_serialized_size);
  std::size_t index = 0;
  for (const CompiledRule& rule : CompileRules(*schema_, *types_, *type, Costs::kEstimated))
    CheckRule(rule, list.Index(index++), uncorrelatable, cardinality, errors);
}

void RulePlace::CheckRule(const CompiledRule& rule, const FieldPath& path,
                          const FieldPath* uncorrelatable, std::uint64_t cardinality,
                          Violations& errors) const {
  const FieldPath rule_path = path.Child("rule");
  const FieldPath message_path = path.Child("messageExpression");
  const std::uint64_t cost = Product(rule.max_cost, cardinality);
  if (cost > cel::kRuleEstimateLimit) {
    errors.Forbidden(rule_path,
                     cel::BudgetExceeded("estimated rule cost", cost, cel::kRuleEstimateLimit));
  }
  budget_->Add(rule_path.Text(), cost);
  if (!rule.error.empty()) errors.Append({InvalidRule(rule_path, rule, rule.error)});
  if (!rule.message_error.empty()) {
    errors.Append({InvalidRule(message_path, rule, rule.message_error)});
  } else if (rule.message != nullptr) {
    if (rule.message_max_cost > cel::kRuleEstimateLimit) {
      errors.Forbidden(message_path,
                       cel::BudgetExceeded("estimated messageExpression cost",
                                           rule.message_max_cost, cel::kRuleEstimateLimit));
    }
    budget_->Add(message_path.Text(), rule.message_max_cost);
  }
  if (rule.uses_old_self) {
    if (uncorrelatable != nullptr) {
      errors.Invalid(rule_path, rule.text(),
                     "oldSelf cannot be used on the uncorrelatable portion of the schema within " +
                         uncorrelatable->Text());
    }
  } else if (const Value* optional = Find(*rule.source, "optionalOldSelf")) {
    errors.Invalid(path.Child("optionalOldSelf"), *optional,
                   "may not be set if oldSelf is not used in rule");
  }
}

}  // namespace apiserver
