#include "apiserver/registry/custom/structural_schema.h"

#include <re2/re2.h>

#include <algorithm>

#include "apiserver/api/go_pattern.h"
#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {
namespace {

enum class Place : std::uint8_t { kRoot, kField, kItems };

// The one pattern in which types may stand below a junctor.
bool IsIntOrStringAnyOf(const Value& schema) {
  const Array& any = SchemaList(schema, "anyOf");
  if (any.size() != 2) return false;
  const auto is_only = [](const Value& one, std::string_view type) {
    return one.is_object() && one.get_object().size() == 1 && TextAt(one, {"type"}) == type;
  };
  return is_only(any[0], "integer") && is_only(any[1], "string");
}

bool IsIntOrStringAllOf(const Value& schema) {
  const Array& all = SchemaList(schema, "allOf");
  return !all.empty() && IsIntOrStringAnyOf(all[0]);
}

class Invariants {
 public:
  explicit Invariants(Violations& errors) : errors_(errors) {}

  void Check(const Value& schema, Place place, const FieldPath& path) {
    if (TextAt(schema, {"type"}) == "array" && Find(schema, "items") == nullptr)
      errors_.Required(path.Child("items"), "must be specified");
    if (const Value* items = SubSchema(schema, "items"))
      Check(*items, Place::kItems, path.Child("items"));
    CheckProperties(schema, path);
    if (const Value* additional = Find(schema, "additionalProperties")) {
      const FieldPath below = path.Child("additionalProperties");
      if (place == Place::kRoot) errors_.Forbidden(below, "must not be used at the root");
      if (additional->is_object()) Check(*additional, Place::kField, below);
    }
    CheckExtensions(schema, path);
    CheckValueRules(schema, IsIntOrStringAnyOf(schema), IsIntOrStringAllOf(schema), path);
    CheckType(schema, place, path);
    CheckMetaFields(schema, place, path);
  }

 private:
  void CheckProperties(const Value& schema, const FieldPath& path) {
    const FieldPath properties = path.Child("properties");
    for (const auto& property : SchemaMap(schema, "properties"))
      Check(property.value(), Place::kField, properties.Key(property.key()));
  }

  void CheckExtensions(const Value& schema, const FieldPath& path) {
    if (!BoolAt(schema, {"x-kubernetes-int-or-string"})) return;
    for (std::string_view name :
         {"x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"}) {
      if (BoolAt(schema, {name}))
        errors_.Invalid(path.Child(name), true,
                        "must be false if x-kubernetes-int-or-string is true");
    }
  }

  void CheckType(const Value& schema, Place place, const FieldPath& path) {
    const std::string_view type = TextAt(schema, {"type"});
    const FieldPath at = path.Child("type");
    const bool is_embedded = BoolAt(schema, {"x-kubernetes-embedded-resource"});
    const bool preserves = BoolAt(schema, {"x-kubernetes-preserve-unknown-fields"});
    if (is_embedded && type != "object") {
      constexpr std::string_view kWhy = "must be object if x-kubernetes-embedded-resource is true";
      if (type.empty()) {
        errors_.Required(at, kWhy);
      } else {
        errors_.Invalid(at, type, kWhy);
      }
    } else if (type.empty() && !preserves && !BoolAt(schema, {"x-kubernetes-int-or-string"})) {
      errors_.Required(at, place == Place::kRoot ? "must not be empty at the root"
                           : place == Place::kItems
                               ? "must not be empty for specified array items"
                               : "must not be empty for specified object fields");
    }
    if (is_embedded && Find(schema, "additionalProperties") != nullptr)
      errors_.Forbidden(path.Child("additionalProperties"),
                        "must not be used if x-kubernetes-embedded-resource is set");
    if (place == Place::kRoot && !type.empty() && type != "object")
      errors_.Invalid(at, type, "must be object at the root");
    if (is_embedded && !preserves && SchemaMap(schema, "properties").empty())
      errors_.Required(path.Child("properties"),
                       "must not be empty if x-kubernetes-embedded-resource is true without "
                       "x-kubernetes-preserve-unknown-fields");
  }

  void CheckMetaFields(const Value& schema, Place place, const FieldPath& path) {
    const bool is_resource =
        place == Place::kRoot || BoolAt(schema, {"x-kubernetes-embedded-resource"});
    const FieldPath properties = path.Child("properties");
    for (std::string_view name : {"kind", "apiVersion"}) {
      const Value* found = FindPath(schema, {"properties", name});
      if (found == nullptr || !is_resource || TextAt(*found, {"type"}) == "string") continue;
      const FieldPath at = properties.Key(name);
      errors_.Invalid(at.Child("type"), TextAt(*found, {"type"}), "must be string");
    }
    const Value* metadata = FindPath(schema, {"properties", "metadata"});
    if (metadata == nullptr) return;
    const FieldPath at = properties.Key("metadata");
    if (is_resource && TextAt(*metadata, {"type"}) != "object")
      errors_.Invalid(at.Child("type"), TextAt(*metadata, {"type"}), "must be object");
    if (place == Place::kRoot && SaysMoreThanNames(*metadata))
      errors_.Forbidden(at,
                        "must not specify anything other than name and generateName, but metadata "
                        "is implicitly specified");
  }

  static bool SaysMoreThanNames(const Value& metadata) {
    const Object& properties = SchemaMap(metadata, "properties");
    const auto names = static_cast<std::size_t>(properties.contains("name")) +
                       static_cast<std::size_t>(properties.contains("generateName"));
    if (names != properties.size()) return true;
    if (!metadata.is_object()) return false;
    for (const auto& member : metadata.get_object()) {
      const std::string_view name = member.key();
      if (name != "type" && name != "default" && name != "properties") return true;
    }
    return false;
  }

  // The checks of values, which may also stand below junctors.
  void CheckValueRules(const Value& schema, bool skips_any_of, bool skips_first_any_of,
                       const FieldPath& path) {
    if (!skips_any_of) CheckNestedList(schema, "anyOf", false, path);
    CheckNestedList(schema, "allOf", skips_first_any_of, path);
    CheckNestedList(schema, "oneOf", false, path);
    if (const Value* unwanted = SubSchema(schema, "not"))
      CheckNested(*unwanted, false, path.Child("not"));
    const std::string_view pattern = TextAt(schema, {"pattern"});
    if (pattern.empty()) return;
    const std::unique_ptr<const re2::RE2> expression = CompileGoPattern(pattern);
    if (!expression->ok())
      errors_.Invalid(
          path.Child("pattern"), pattern,
          "must be a valid regular expression, but isn't: " + GoPatternError(*expression, pattern));
  }

  void CheckNestedList(const Value& schema, std::string_view name, bool skips_first_any_of,
                       const FieldPath& path) {
    const FieldPath list = path.Child(name);
    std::size_t index = 0;
    for (const Value& one : SchemaList(schema, name)) {
      CheckNested(one, skips_first_any_of && index == 0, list.Index(index));
      ++index;
    }
  }

  void CheckNested(const Value& nested, bool skips_any_of, const FieldPath& path) {
    CheckValueRules(nested, skips_any_of, false, path);
    if (const Value* items = SubSchema(nested, "items"))
      CheckNested(*items, false, path.Child("items"));
    const FieldPath properties = path.Child("properties");
    for (const auto& property : SchemaMap(nested, "properties"))
      CheckNested(property.value(), false, properties.Key(property.key()));
    struct Keyword {
      std::string_view name;
      std::string_view why;
    };
    constexpr Keyword kForbidden[] = {
        {"type", "must be empty to be structural"},
        {"additionalProperties", "must be undefined to be structural"},
        {"default", "must be undefined to be structural"},
        {"title", "must be empty to be structural"},
        {"description", "must be empty to be structural"},
        {"nullable", "must be false to be structural"},
        {"x-kubernetes-preserve-unknown-fields", "must be false to be structural"},
        {"x-kubernetes-embedded-resource", "must be false to be structural"},
        {"x-kubernetes-int-or-string", "must be false to be structural"},
        {"x-kubernetes-list-map-keys", "must be empty to be structural"},
        {"x-kubernetes-list-type", "must be undefined to be structural"},
        {"x-kubernetes-map-type", "must be undefined to be structural"},
        {"x-kubernetes-validations", "must be empty to be structural"}};
    for (const Keyword& keyword : kForbidden) {
      const Value* found = Find(nested, keyword.name);
      const bool is_set =
          found != nullptr && !found->is_null() && !(found->is_bool() && !found->get_bool());
      if (is_set) errors_.Forbidden(path.Child(keyword.name), keyword.why);
    }
    if (FindPath(nested, {"properties", "metadata"}) != nullptr)
      errors_.Forbidden(properties.Key("metadata"), "must not be specified in a nested context");
  }

  Violations& errors_;
};

// What junctors at the root speak of must be described outside of them.
class Completeness {
 public:
  explicit Completeness(Violations& errors) : errors_(errors) {}

  void CheckJunctors(const Value& rules, const Value* schema, const FieldPath& schema_path,
                     const FieldPath& rules_path) {
    if (const Value* unwanted = SubSchema(rules, "not"))
      CheckNested(*unwanted, schema, schema_path, rules_path.Child("not"));
    for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
      const FieldPath list = rules_path.Child(name);
      std::size_t index = 0;
      for (const Value& one : SchemaList(rules, name))
        CheckNested(one, schema, schema_path, list.Index(index++));
    }
  }

 private:
  void CheckNested(const Value& rules, const Value* schema, const FieldPath& schema_path,
                   const FieldPath& rules_path) {
    if (schema == nullptr) {
      errors_.Required(schema_path, "because it is defined in " + rules_path.Text());
      return;
    }
    CheckJunctors(rules, schema, schema_path, rules_path);
    if (const Value* items = SubSchema(rules, "items")) {
      CheckNested(*items, SubSchema(*schema, "items"), schema_path.Child("items"),
                  rules_path.Child("items"));
    }
    const FieldPath schema_properties = schema_path.Child("properties");
    const FieldPath rules_properties = rules_path.Child("properties");
    for (const auto& property : SchemaMap(rules, "properties")) {
      const std::string_view name = property.key();
      CheckNested(property.value(), FindPath(*schema, {"properties", name}),
                  schema_properties.Key(name), rules_properties.Key(name));
    }
  }

  Violations& errors_;
};

}  // namespace

std::optional<std::string> FindUnreadablePart(const Value& schema) {
  for (std::string_view name : {"id", "$schema", "$ref", "patternProperties", "dependencies",
                                "additionalItems", "definitions"}) {
    const Value* part = Find(schema, name);
    if (part == nullptr || (name == "$ref" && TextAt(schema, {"$ref"}).empty())) continue;
    return "OpenAPIV3Schema '" + std::string(name == "$schema" ? "schema" : name) +
           "' is not supported";
  }
  std::optional<std::string> problem;
  ForEachJunctor(schema, [&](const Value& below) {
    if (!problem) problem = FindUnreadablePart(below);
  });
  if (problem) return problem;
  const Value* preserve = Find(schema, "x-kubernetes-preserve-unknown-fields");
  if (preserve != nullptr && preserve->is_bool() && !preserve->get_bool())
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const Value* items = Find(schema, "items");
  if (items != nullptr && items->is_array())
    return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  ForEachStructural(schema, [&](const Value& below) {
    if (!problem) problem = FindUnreadablePart(below);
  });
  return problem;
}

FieldErrors ValidateStructuralSchema(const Value& schema, const FieldPath& path) {
  Violations violations;
  Invariants(violations).Check(schema, Place::kRoot, path);
  Completeness(violations).CheckJunctors(schema, &schema, path, path);
  FieldErrors errors = violations.Take();
  std::stable_sort(errors.begin(), errors.end(), [](const FieldError& a, const FieldError& b) {
    return a.field + ": " + a.text < b.field + ": " + b.text;
  });
  return errors;
}

}  // namespace apiserver
