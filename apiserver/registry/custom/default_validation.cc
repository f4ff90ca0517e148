#include "apiserver/registry/custom/default_validation.h"

#include "apiserver/registry/custom/embedded_objects.h"
#include "apiserver/registry/custom/prune.h"
#include "apiserver/registry/custom/rule_validator.h"
#include "apiserver/registry/custom/value_validation.h"

namespace apiserver {
namespace {

// The steps from the object that a part belongs to down to the part: names, or items.
struct Step {
  const Step* above = nullptr;
  std::string_view name{};
  bool is_item = false;
};

// The smallest whole object that has `value` at `place`.
Value Surround(const Step* place, Value value) {
  for (; place != nullptr; place = place->above) {
    Value outer;
    if (place->is_item) {
      outer.emplace_array().push_back(std::move(value));
    } else {
      outer.emplace_object()[place->name] = std::move(value);
    }
    value = std::move(outer);
  }
  if (!value.is_object()) value.emplace_object();
  Object& object = value.get_object();
  if (!object.contains("kind")) object["kind"] = "Validation";
  if (!object.contains("apiVersion")) object["apiVersion"] = "validation/v1";
  return value;
}

std::string Aggregate(const FieldErrors& errors) {
  std::string text;
  for (const FieldError& error : errors)
    text += (text.empty() ? "" : ", ") + error.field + ": " + error.text;
  return errors.size() == 1 ? text : "[" + text + "]";
}

class Checker {
 public:
  explicit Checker(FieldErrors& errors) : errors_(errors) {}

  void Check(const SchemaNode& schema, const SchemaNode* resource, const Step* place,
             bool is_in_metadata, bool is_root, const FieldPath& path) {
    const bool is_resource = is_root || schema.is_embedded_resource;
    if (is_resource) {
      resource = &schema;
      place = nullptr;
      is_in_metadata = false;
    }
    if (schema.default_value != nullptr)
      CheckDefault(schema, *resource, place, is_in_metadata, is_resource, path.Child("default"));
    if (schema.items != nullptr) {
      const Step below{place, {}, true};
      Check(*schema.items, resource, &below, is_in_metadata, false, path.Child("items"));
    }
    const FieldPath properties = path.Child("properties");
    for (const SchemaProperty& property : schema.properties) {
      const std::string_view name = property.name;
      const bool is_meta = name == "metadata" || name == "apiVersion" || name == "kind";
      const Step below{place, name, false};
      Check(*property.schema, resource, &below, is_in_metadata || (is_resource && is_meta), false,
            properties.Key(name));
    }
  }

 private:
  void CheckDefault(const SchemaNode& schema, const SchemaNode& resource, const Step* place,
                    bool is_in_metadata, bool is_resource, const FieldPath& path) {
    const std::string at = path.Text();
    const Value& value = *schema.default_value;
    if (is_in_metadata ? !CheckMetadata(value, resource, place, at)
                       : !CheckForm(schema, value, is_resource, at)) {
      return;
    }
    FieldErrors found = ValidateValue(schema, value, nullptr, {at, false});
    if (found.empty()) found = CheckRules(schema, value, is_resource, at);
    for (FieldError& error : found) errors_.push_back(std::move(error));
  }

  // A default must please the rules as an unchanged value and as a new one.
  static FieldErrors CheckRules(const SchemaNode& schema, const Value& value, bool is_resource,
                                const std::string& at) {
    const auto rules =
        RuleValidator::Make(schema, is_resource ? SchemaPlace::kResource : SchemaPlace::kPart);
    if (rules == nullptr) return {};
    FieldErrors errors = rules->Validate(value, &value, false, at).errors;
    return errors.empty() ? rules->Validate(value, nullptr, false, at).errors : errors;
  }

  bool CheckMetadata(const Value& value, const SchemaNode& resource, const Step* place,
                     const std::string& at) {
    Value object = Surround(place, value);
    std::string problem = CoerceEmbedded(resource, object, nullptr, true);
    if (problem.empty()) {
      const FieldErrors found = ValidateEmbedded(resource, object, true);
      if (!found.empty()) problem = Aggregate(found);
    }
    if (problem.empty()) return true;
    errors_.push_back(FieldInvalid(at, value, "must result in valid metadata: " + problem));
    return false;
  }

  bool CheckForm(const SchemaNode& schema, const Value& value, bool is_resource,
                 const std::string& at) {
    Value pruned(value);
    std::vector<std::string> unknown;
    PruneValue(schema, is_resource, pruned, &unknown);
    if (!unknown.empty())
      errors_.push_back(FieldInvalid(at, value, "must not have unknown fields"));
    if (std::string problem = CoerceEmbedded(schema, pruned, nullptr, is_resource, at);
        !problem.empty()) {
      const auto colon = problem.find(": ");
      errors_.push_back({"FieldValueInvalid", problem.substr(0, colon), problem.substr(colon + 2)});
      return false;
    }
    const FieldErrors found = ValidateEmbedded(schema, value, is_resource, at);
    errors_.insert(errors_.end(), found.begin(), found.end());
    return found.empty();
  }

  FieldErrors& errors_;
};

}  // namespace

FieldErrors ValidateDefaults(const SchemaNode& schema, const FieldPath& path) {
  FieldErrors errors;
  Checker(errors).Check(schema, &schema, nullptr, false, true, path);
  return errors;
}

}  // namespace apiserver
