#include "apiserver/registry/custom/structural_schema.h"

#include <re2/re2.h>

#include "apiserver/registry/custom/value_validation.h"

namespace apiserver {
namespace {

enum class Place : std::uint8_t { kRoot, kField, kItems, kAdditional };

bool Flag(const Value& schema, std::string_view name) { return BoolAt(schema, {name}); }

bool IsKnownType(std::string_view type) {
  for (std::string_view known : {"string", "number", "integer", "boolean", "array", "object"}) {
    if (type == known) return true;
  }
  return false;
}

class Checker {
 public:
  explicit Checker(FieldErrors& errors) : errors_(errors) {}

  void Check(const Value& schema, const std::string& path, Place place) {
    CheckType(schema, path, place);
    CheckExtensions(schema, path);
    CheckDefault(schema, path);
    const Value* properties = Find(schema, "properties");
    const Value* additional = Find(schema, "additionalProperties");
    if (properties != nullptr && additional != nullptr) {
      errors_.push_back(FieldForbidden(path + ".additionalProperties",
                                       "additionalProperties and properties are mutual exclusive"));
    }
    if (properties != nullptr && properties->is_object()) {
      for (const auto& property : properties->get_object()) {
        Check(property.value(), path + ".properties[" + std::string(property.key()) + "]",
              Place::kField);
      }
    }
    if (additional != nullptr && additional->is_object()) {
      Check(*additional, path + ".additionalProperties", Place::kAdditional);
    }
    CheckItems(schema, path);
    CheckJunctors(schema, path);
  }

 private:
  void CheckType(const Value& schema, const std::string& path, Place place) {
    const std::string_view type = TextAt(schema, {"type"});
    const bool is_free = Flag(schema, "x-kubernetes-int-or-string") ||
                         Flag(schema, "x-kubernetes-preserve-unknown-fields");
    if (place == Place::kRoot) {
      if (type.empty()) {
        errors_.push_back(FieldRequired(path + ".type", "must not be empty at the root"));
      } else if (type != "object") {
        errors_.push_back(FieldInvalid(path + ".type", type, "must be object at the root"));
      }
      return;
    }
    if (type.empty() && !is_free) {
      const std::string_view text = place == Place::kItems
                                        ? "must not be empty for specified array items"
                                        : "must not be empty for specified object fields";
      errors_.push_back(FieldRequired(path + ".type", text));
    }
    if (!type.empty() && !IsKnownType(type)) {
      if (type == "null")
        errors_.push_back(FieldForbidden(
            path + ".type", "type cannot be set to null, use nullable as an alternative"));
      errors_.push_back(
          FieldNotSupported(path + ".type", Value(type),
                            {"array", "boolean", "integer", "number", "object", "string"}));
    }
    if (!type.empty() && Flag(schema, "x-kubernetes-int-or-string")) {
      errors_.push_back(FieldInvalid(path + ".type", type,
                                     "must be empty if x-kubernetes-int-or-string is true"));
    }
  }

  void CheckExtensions(const Value& schema, const std::string& path) {
    const std::string_view type = TextAt(schema, {"type"});
    if (Flag(schema, "x-kubernetes-embedded-resource") && type != "object") {
      errors_.push_back(FieldInvalid(path + ".type", type,
                                     "must be object if x-kubernetes-embedded-resource is true"));
    }
    if (Flag(schema, "x-kubernetes-embedded-resource") && Find(schema, "properties") == nullptr &&
        !Flag(schema, "x-kubernetes-preserve-unknown-fields")) {
      errors_.push_back(
          FieldRequired(path + ".properties",
                        "must not be empty if x-kubernetes-embedded-resource is true without "
                        "x-kubernetes-preserve-unknown-fields"));
    }
    const Value* preserve = Find(schema, "x-kubernetes-preserve-unknown-fields");
    if (preserve != nullptr && preserve->is_bool() && !preserve->get_bool()) {
      errors_.push_back(FieldInvalid(path + ".x-kubernetes-preserve-unknown-fields", Value(false),
                                     "must be true or undefined"));
    }
    if (Flag(schema, "uniqueItems")) {
      errors_.push_back(FieldForbidden(
          path + ".uniqueItems",
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
    }
    const std::string_view pattern = TextAt(schema, {"pattern"});
    if (!pattern.empty()) {
      const RE2 expression{re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet};
      if (!expression.ok()) {
        errors_.push_back(
            FieldInvalid(path + ".pattern", pattern,
                         "must be a valid regular expression, but isn't: " + expression.error()));
      }
    }
    CheckListType(schema, path);
  }

  void CheckListType(const Value& schema, const std::string& path) {
    const std::string_view type = TextAt(schema, {"type"});
    const std::string_view list_type = TextAt(schema, {"x-kubernetes-list-type"});
    const Value* keys = Find(schema, "x-kubernetes-list-map-keys");
    const bool has_keys = keys != nullptr && keys->is_array() && !keys->get_array().empty();
    if (list_type.empty()) {
      if (has_keys) {
        errors_.push_back(FieldRequired(path + ".x-kubernetes-list-type",
                                        "must be map if x-kubernetes-list-map-keys is non-empty"));
      }
      return;
    }
    if (type != "array") {
      errors_.push_back(FieldInvalid(path + ".type", type,
                                     "must be array if x-kubernetes-list-type is specified"));
    }
    if (list_type != "atomic" && list_type != "set" && list_type != "map") {
      errors_.push_back(FieldNotSupported(path + ".x-kubernetes-list-type", Value(list_type),
                                          {"atomic", "map", "set"}));
    }
    if (list_type == "map" && !has_keys) {
      errors_.push_back(FieldRequired(path + ".x-kubernetes-list-map-keys",
                                      "must not be empty if x-kubernetes-list-type is map"));
    }
    if (list_type != "map" && has_keys) {
      errors_.push_back(FieldInvalid(path + ".x-kubernetes-list-type", list_type,
                                     "must be map if x-kubernetes-list-map-keys is non-empty"));
    }
    if (list_type == "map" && has_keys) CheckMapKeys(schema, *keys, path);
  }

  void CheckMapKeys(const Value& schema, const Value& keys, const std::string& path) {
    const Value* items = Find(schema, "items");
    if (items == nullptr || !items->is_object()) return;
    if (TextAt(*items, {"type"}) != "object") {
      errors_.push_back(
          FieldInvalid(path + ".items.type", TextAt(*items, {"type"}),
                       "must be object if parent array's x-kubernetes-list-type is map"));
    }
    std::size_t index = 0;
    for (const Value& key : keys.get_array()) {
      const std::string name(std::string_view(key.get_string()));
      const Value* own = FindPath(*items, {"properties", name});
      if (own == nullptr) {
        errors_.push_back(
            FieldInvalid(path + ".x-kubernetes-list-map-keys[" + std::to_string(index) + "]", name,
                         "entries must all be names of item properties"));
      } else if (!IsRequired(*items, name) && Find(*own, "default") == nullptr) {
        errors_.push_back(FieldRequired(
            path + ".items.properties[" + name + "].default",
            "this property is in x-kubernetes-list-map-keys, so it must have a default or "
            "be a required property"));
      }
      ++index;
    }
  }

  static bool IsRequired(const Value& schema, const std::string& name) {
    const Value* required = Find(schema, "required");
    if (required == nullptr || !required->is_array()) return false;
    const Array& names = required->get_array();
    return std::find(names.begin(), names.end(), Value(name)) != names.end();
  }

  void CheckDefault(const Value& schema, const std::string& path) {
    const Value* fallback = Find(schema, "default");
    if (fallback == nullptr || fallback->is_null()) return;
    for (FieldError& error : ValidateValue(schema, *fallback, nullptr, "")) {
      error.field = error.field == "<nil>" ? path + ".default" : path + ".default." + error.field;
      errors_.push_back(std::move(error));
    }
  }

  void CheckItems(const Value& schema, const std::string& path) {
    const Value* items = Find(schema, "items");
    if (TextAt(schema, {"type"}) == "array" && items == nullptr &&
        !Flag(schema, "x-kubernetes-preserve-unknown-fields")) {
      errors_.push_back(FieldRequired(path + ".items", "must be specified"));
    }
    if (items == nullptr) return;
    if (items->is_array()) {
      errors_.push_back(
          FieldForbidden(path + ".items", "items must be a schema object and not an array"));
    } else {
      Check(*items, path + ".items", Place::kItems);
    }
  }

  // Inside of allOf, anyOf, oneOf and not only values are checked; nothing is declared.
  void CheckJunctors(const Value& schema, const std::string& path) {
    for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
      const Value* list = Find(schema, name);
      if (list == nullptr || !list->is_array()) continue;
      std::size_t index = 0;
      for (const Value& one : list->get_array()) {
        CheckNested(schema, one,
                    path + "." + std::string(name) + "[" + std::to_string(index++) + "]");
      }
    }
    const Value* unwanted = Find(schema, "not");
    if (unwanted != nullptr && unwanted->is_object()) CheckNested(schema, *unwanted, path + ".not");
  }

  void CheckNested(const Value& owner, const Value& nested, const std::string& path) {
    const bool is_free = Flag(owner, "x-kubernetes-int-or-string");
    for (std::string_view name :
         {"description", "type", "default", "additionalProperties", "nullable", "title",
          "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
          "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type"}) {
      if (Find(nested, name) == nullptr || (is_free && name == "type")) continue;
      errors_.push_back(
          FieldForbidden(path + "." + std::string(name), "must be empty to be structural"));
    }
    const Value* properties = Find(nested, "properties");
    if (properties == nullptr || !properties->is_object()) return;
    for (const auto& property : properties->get_object()) {
      CheckNested(owner, property.value(),
                  path + ".properties[" + std::string(property.key()) + "]");
    }
  }

  FieldErrors& errors_;
};

}  // namespace

FieldErrors ValidateStructuralSchema(const Value& schema, const std::string& path) {
  FieldErrors errors;
  Checker(errors).Check(schema, path, Place::kRoot);
  return errors;
}

}  // namespace apiserver
