#include "apiserver/registry/custom/embedded_objects.h"

#include <algorithm>

#include "apiserver/api/letter_case.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/custom/name_messages.h"
#include "apiserver/registry/custom/schema_type.h"
#include "apiserver/registry/object_meta.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

std::string Child(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string Key(const std::string& path, std::string_view name) {
  return path + "[" + std::string(name) + "]";
}

std::string Text(const FieldError& error) { return error.field + ": " + error.text; }

bool HasEmbedded(const SchemaNode& schema) {
  if (schema.is_embedded_resource) return true;
  if (schema.items != nullptr && HasEmbedded(*schema.items)) return true;
  if (schema.additional != nullptr && HasEmbedded(*schema.additional)) return true;
  return std::any_of(schema.properties.begin(), schema.properties.end(),
                     [](const SchemaProperty& property) { return HasEmbedded(*property.schema); });
}

// Calls `visit(schema, value, path)` for what lies directly below `value` and has a schema.
template <class AnyValue, class Visit>
void ForEachBelow(const SchemaNode& schema, AnyValue& value, const std::string& path, Visit visit) {
  if (value.is_object()) {
    for (auto&& member : value.get_object()) {
      const SchemaNode* property = schema.FindProperty(member.key());
      if (property != nullptr) {
        visit(*property, member.value(), Child(path, member.key()));
      } else if (schema.additional != nullptr) {
        visit(*schema.additional, member.value(), Key(path, member.key()));
      }
    }
  } else if (value.is_array() && schema.items != nullptr) {
    std::size_t index = 0;
    for (auto& item : value.get_array())
      visit(*schema.items, item, path + "[" + std::to_string(index++) + "]");
  }
}

class Coercer {
 public:
  explicit Coercer(std::vector<std::string>* unknown) : unknown_(unknown) {}

  std::string Coerce(const SchemaNode& schema, bool is_embedded, Value& value,
                     const std::string& path) {
    std::string error;
    if (is_embedded && value.is_object()) error = CoerceMeta(value, path);
    ForEachBelow(schema, value, path,
                 [&](const SchemaNode& below, Value& member, const std::string& at) {
                   if (error.empty()) error = Coerce(below, below.is_embedded_resource, member, at);
                 });
    return error;
  }

 private:
  std::string CoerceMeta(Value& value, const std::string& path) {
    for (std::string_view name : {"apiVersion", "kind"}) {
      const Value* found = Find(value, name);
      if (found != nullptr && !found->is_string())
        return Text(FieldInvalid(Child(path, name), *found, "must be a string"));
    }
    Value* metadata = Find(value, "metadata");
    if (metadata == nullptr) return {};
    const Value before(*metadata);
    const std::string at = Child(path, "metadata");
    NormalizeResult result =
        Normalize(ObjectMetaType(), *metadata,
                  unknown_ == nullptr ? UnknownFields::kIgnore : UnknownFields::kReport);
    if (!result.ok()) return Text(FieldInvalid(at, before, result.error));
    for (const std::string& name : result.unknown_fields) {
      if (unknown_ != nullptr) unknown_->push_back(at + "." + name);
    }
    return {};
  }

  std::vector<std::string>* unknown_;
};

// How a group and version are written: at most one slash.
bool IsApiVersion(std::string_view text) { return std::count(text.begin(), text.end(), '/') <= 1; }

void CheckApiVersion(const Value& value, const std::string& path, FieldErrors& errors) {
  if (!value.is_string()) {
    errors.push_back(FieldInvalid(path, value, "must be a string"));
  } else if (value.get_string().empty()) {
    errors.push_back(FieldInvalid(path, value, "must not be empty"));
  } else if (!IsApiVersion(value.get_string())) {
    errors.push_back(FieldInvalid(
        path, value,
        "unexpected GroupVersion string: " + std::string(std::string_view(value.get_string()))));
  }
}

void CheckKind(const Value& value, const std::string& path, FieldErrors& errors) {
  if (!value.is_string()) {
    errors.push_back(FieldInvalid(path, value, "must be a string"));
  } else if (value.get_string().empty()) {
    errors.push_back(FieldInvalid(path, value, "must not be empty"));
  } else if (const NameMessages messages = CheckDns1035Label(LowerCase(value.get_string()));
             !messages.empty()) {
    errors.push_back(FieldInvalid(
        path, value, "may have mixed case, but should otherwise match: " + Joined(messages)));
  }
}

void CheckMetadata(const Value& metadata, const std::string& path, FieldErrors& errors) {
  Value copy(metadata);
  NormalizeResult result = Normalize(ObjectMetaType(), copy, UnknownFields::kIgnore);
  if (!result.ok() || !copy.is_object()) {
    if (!result.ok()) errors.push_back(FieldInvalid(path, metadata, result.error));
    return;
  }
  if (TextAt(copy, {"name"}).empty()) copy.get_object()["name"] = "fakename";
  const bool is_namespaced = !TextAt(copy, {"namespace"}).empty();
  for (FieldError& error : ValidateObjectMeta(copy, {is_namespaced, false}, nullptr)) {
    constexpr std::string_view kAtRoot = "metadata";
    error.field = path + error.field.substr(std::min(kAtRoot.size(), error.field.size()));
    errors.push_back(std::move(error));
  }
}

void CheckResource(const Value& object, const std::string& path, FieldErrors& errors) {
  for (std::string_view name : {"apiVersion", "kind"}) {
    if (Find(object, name) == nullptr) errors.push_back(FieldRequired(Child(path, name), ""));
  }
  if (const Value* found = Find(object, "apiVersion"))
    CheckApiVersion(*found, Child(path, "apiVersion"), errors);
  if (const Value* found = Find(object, "kind")) CheckKind(*found, Child(path, "kind"), errors);
  if (const Value* found = Find(object, "metadata"))
    CheckMetadata(*found, Child(path, "metadata"), errors);
}

void Validate(const SchemaNode& schema, bool is_embedded, const Value& value,
              const std::string& path, FieldErrors& errors) {
  if (is_embedded && value.is_object()) CheckResource(value, path, errors);
  ForEachBelow(schema, value, path,
               [&](const SchemaNode& below, const Value& member, const std::string& at) {
                 Validate(below, below.is_embedded_resource, member, at, errors);
               });
}

}  // namespace

std::string CoerceEmbedded(const SchemaNode& schema, Value& object,
                           std::vector<std::string>* unknown, bool is_root,
                           const std::string& path) {
  if (!is_root && !HasEmbedded(schema)) return {};
  std::vector<std::string> found;
  std::string error = Coercer(unknown == nullptr ? nullptr : &found)
                          .Coerce(schema, is_root || schema.is_embedded_resource, object, path);
  std::sort(found.begin(), found.end());
  if (unknown != nullptr) unknown->insert(unknown->end(), found.begin(), found.end());
  return error;
}

FieldErrors ValidateEmbedded(const SchemaNode& schema, const Value& object, bool is_root,
                             const std::string& path) {
  FieldErrors errors;
  if (is_root || HasEmbedded(schema))
    Validate(schema, is_root || schema.is_embedded_resource, object, path, errors);
  return errors;
}

}  // namespace apiserver
