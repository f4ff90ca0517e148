#include "apiserver/registry/custom/definition_schema.h"

#include "apiserver/registry/custom/default_validation.h"
#include "apiserver/registry/custom/open_api_schema.h"
#include "apiserver/registry/custom/structural_schema.h"

namespace apiserver {
namespace {

void Append(FieldErrors& errors, FieldErrors more) {
  for (FieldError& error : more) errors.push_back(std::move(error));
}

// Status is validated by a part of the schema alone, so that the rest may not say more about it.
void CheckRootWithStatus(const Value& schema, const std::string& path, FieldErrors& errors) {
  // In the order of upstream's struct.
  constexpr std::string_view kForbidden[] = {"id",
                                             "$schema",
                                             "$ref",
                                             "nullable",
                                             "default",
                                             "enum",
                                             "maxProperties",
                                             "minProperties",
                                             "allOf",
                                             "oneOf",
                                             "anyOf",
                                             "not",
                                             "additionalProperties",
                                             "patternProperties",
                                             "dependencies",
                                             "additionalItems",
                                             "definitions",
                                             "x-kubernetes-embedded-resource",
                                             "x-kubernetes-int-or-string",
                                             "x-kubernetes-list-map-keys",
                                             "x-kubernetes-list-type",
                                             "x-kubernetes-map-type"};
  const std::string_view type = TextAt(schema, {"type"});
  const bool has_early = Find(schema, "id") != nullptr || Find(schema, "$schema") != nullptr ||
                         Find(schema, "$ref") != nullptr;
  if (!has_early && !type.empty() && type != "object") {
    errors.push_back(FieldInvalid(path + ".type", type,
                                  "only \"object\" is allowed as the type at the root of the "
                                  "schema if the status subresource is enabled"));
    return;
  }
  for (const std::string_view name : kForbidden) {
    if (Find(schema, name) == nullptr) continue;
    errors.push_back(FieldInvalid(
        path, schema,
        "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum "
        "MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items "
        "Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed "
        "at the root of the schema if the status subresource is enabled"));
    return;
  }
}

}  // namespace

void CheckSchema(const Value& holder, const std::string& path, StatusSubresource status,
                 FieldErrors& all) {
  const Value* schema = FindPath(holder, {"schema", "openAPIV3Schema"});
  if (schema == nullptr || !schema->is_object()) return;
  FieldErrors errors;
  const std::string at = path + ".openAPIV3Schema";
  if (status == StatusSubresource::kThere) CheckRootWithStatus(*schema, at, errors);
  if (BoolAt(*schema, {"nullable"}))
    errors.push_back(FieldForbidden(at + ".nullable", "nullable cannot be true at the root"));
  const FieldPath root(at);
  const std::optional<std::string> unreadable = FindUnreadablePart(*schema);
  SchemaNodePtr node;
  if (!unreadable) {
    FieldErrors structural = ValidateStructuralSchema(*schema, root);
    if (structural.empty()) {
      node = ReadSchema(*schema);
      structural = ValidateDefaults(*node, root);
    }
    if (!structural.empty()) node.reset();
    Append(errors, std::move(structural));
  }
  Append(errors, ValidateOpenApiSchema(*schema, root, node.get()));
  // Most of what can't be read was told above in better words.
  if (errors.empty() && unreadable)
    errors.push_back(FieldInvalid(at, std::string_view(), *unreadable));
  Append(all, std::move(errors));
}

}  // namespace apiserver
