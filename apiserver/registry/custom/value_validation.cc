#include "apiserver/registry/custom/value_validation.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

class Validator {
 public:
  explicit Validator(const ValueRules& rules) : rules_(rules) {}

  ValidationResult Check(const SchemaNode& schema, const Value& value,
                         const Correlation* correlation, const ValuePath& path) const {
    ValidationResult result;
    ValueChecks checks(schema, rules_, path, result);
    checks.CheckType(value);
    if (value.is_null()) {
      checks.CheckEnum(value);
    } else {
      CheckJunctors(schema, value, path, checks, result);
      if (value.is_string()) checks.CheckString(value);
      if (value.is_number()) checks.CheckNumber(value);
      if (value.is_array()) CheckArray(schema, value, correlation, path, checks, result);
      checks.CheckEnum(value);
      if (value.is_object()) CheckObject(schema, value, correlation, path, checks, result);
      // Upstream counts each check that applies, and the walk itself.
      result.Count(value.is_bool() ? 3 : 4);
    }
    if (!result.is_valid() && correlation != nullptr && correlation->IsUnchanged())
      result.DropErrors();
    return result;
  }

 private:
  static bool IsTypeMeta(const ValuePath& parent, std::string_view name) {
    return (name == "kind" || name == "apiVersion") && parent.Text().empty();
  }

  ValidationResult CheckMember(const SchemaNode& schema, std::string_view name, const Value& value,
                               const Correlation* correlation, const ValuePath& parent,
                               const ValuePath& path) const {
    if (correlation != nullptr && !IsTypeMeta(parent, name)) {
      if (const auto below = correlation->Key(name)) return Check(schema, value, &*below, path);
    }
    return Check(schema, value, nullptr, path);
  }

  void CheckObject(const SchemaNode& schema, const Value& value, const Correlation* correlation,
                   const ValuePath& path, ValueChecks& checks, ValidationResult& result) const {
    const Object& object = value.get_object();
    checks.CheckMemberCount(object.size());
    checks.CheckMembersAllowed(object);
    if (schema.additional != nullptr) {
      for (const auto& member : object) {
        if (schema.FindProperty(member.key()) != nullptr) continue;
        const ValuePath below = path.Additional(member.key());
        result.Merge(CheckMember(*schema.additional, member.key(), member.value(), correlation,
                                 path, below));
      }
    }
    for (const SchemaProperty& property : schema.properties) {
      const Value* member = object.if_contains(property.name);
      if (member == nullptr) continue;
      const ValuePath below = path.Member(property.name);
      result.Merge(CheckMember(*property.schema, property.name, *member, correlation, path, below));
    }
    checks.CheckRequired(object);
  }

  void CheckArray(const SchemaNode& schema, const Value& value, const Correlation* correlation,
                  const ValuePath& path, ValueChecks& checks, ValidationResult& result) const {
    const Array& array = value.get_array();
    for (std::size_t index = 0; schema.items != nullptr && index < array.size(); ++index) {
      const ValuePath below = path.Item(index);
      const auto item = correlation == nullptr ? std::nullopt : correlation->Index(index);
      result.Merge(Check(*schema.items, array[index], item ? &*item : nullptr, below));
    }
    checks.CheckItemCount(array.size());
    result.Count();
  }

  // Alternatives are looked at without their past, as upstream does.
  void CheckJunctors(const SchemaNode& schema, const Value& value, const ValuePath& path,
                     ValueChecks& checks, ValidationResult& result) const {
    if (!schema.any_of.empty()) CheckAnyOf(schema, value, path, checks, result);
    if (!schema.one_of.empty()) CheckOneOf(schema, value, path, checks, result);
    if (!schema.all_of.empty()) CheckAllOf(schema, value, path, checks, result);
    if (schema.is_not != nullptr && Check(*schema.is_not, value, nullptr, path).is_valid())
      checks.AddPlain(GoQuote(path.Text()) + " must not validate the schema (not)");
    result.Count();
  }

  void CheckAnyOf(const SchemaNode& schema, const Value& value, const ValuePath& path,
                  ValueChecks& checks, ValidationResult& result) const {
    std::optional<ValidationResult> best;
    for (const SchemaNodePtr& one : schema.any_of) {
      ValidationResult found = Check(*one, value, nullptr, path);
      if (found.is_valid()) {
        result.Merge(std::move(found));
        return;
      }
      if (!best || found.match_count() > best->match_count()) best = std::move(found);
    }
    checks.AddPlain(GoQuote(path.Text()) + " must validate at least one schema (anyOf)");
    result.Merge(std::move(*best));
  }

  void CheckOneOf(const SchemaNode& schema, const Value& value, const ValuePath& path,
                  ValueChecks& checks, ValidationResult& result) const {
    std::optional<ValidationResult> best;
    std::optional<ValidationResult> first;
    int valid_count = 0;
    for (const SchemaNodePtr& one : schema.one_of) {
      ValidationResult found = Check(*one, value, nullptr, path);
      if (found.is_valid()) {
        ++valid_count;
        best.reset();
        if (!first) first = std::move(found);
      } else if (valid_count == 0 && (!best || found.match_count() > best->match_count())) {
        best = std::move(found);
      }
    }
    if (valid_count == 1) {
      result.Merge(std::move(*first));
      return;
    }
    checks.AddPlain(GoQuote(path.Text()) + " must validate one and only one schema (oneOf). " +
                    (valid_count == 0
                         ? "Found none valid"
                         : "Found " + std::to_string(valid_count) + " valid alternatives"));
    if (best) result.Merge(std::move(*best));
  }

  void CheckAllOf(const SchemaNode& schema, const Value& value, const ValuePath& path,
                  ValueChecks& checks, ValidationResult& result) const {
    std::size_t valid_count = 0;
    for (const SchemaNodePtr& one : schema.all_of) {
      ValidationResult found = Check(*one, value, nullptr, path);
      if (found.is_valid()) ++valid_count;
      result.Merge(std::move(found));
    }
    if (valid_count == schema.all_of.size()) return;
    checks.AddPlain(GoQuote(path.Text()) + " must validate all the schemas (allOf)" +
                    (valid_count == 0 ? ". None validated" : ""));
  }

  const ValueRules& rules_;
};

}  // namespace

FieldErrors ValidateValue(const SchemaNode& schema, const Value& value,
                          const Correlation* correlation, const ValueRules& rules) {
  return Validator(rules).Check(schema, value, correlation, ValuePath()).TakeErrors();
}

}  // namespace apiserver
