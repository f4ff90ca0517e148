// The rules of schemas when a definition is written.

#include "apiserver/registry/custom/default_validation.h"
#include "apiserver/registry/custom/open_api_schema.h"
#include "apiserver/registry/custom/schema_path.h"
#include "apiserver/registry/custom/structural_schema.h"
#include "tests/apiserver/registry/custom/schemas.h"

namespace apiserver {
namespace {

struct Case {
  const char* schema;
  Words want;
};

const Case kStructural[] = {
    {R"({"type":"object"})", {}},
    {R"({})", {"s.type: Required value: must not be empty at the root"}},
    {R"({"type":"object","properties":{"a":{},"b":{"type":"array"}}})",
     {"s.properties[a].type: Required value: must not be empty for specified object fields",
      "s.properties[b].items: Required value: must be specified"}},
    {R"({"type":"object","properties":{"a":{"type":"string","anyOf":[{"type":"string","nullable":true}]}}})",
     {"s.properties[a].anyOf[0].nullable: Forbidden: must be false to be structural",
      "s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural"}},
    {R"({"type":"object","properties":{"a":{"x-kubernetes-int-or-string":true,
"anyOf":[{"type":"integer"},{"type":"string"}]}}})",
     {}},
    {R"({"type":"object","anyOf":[{"properties":{"a":{"minLength":1}}}]})",
     {"s.properties[a]: Required value: because it is defined in s.anyOf[0].properties[a]"}},
    {R"({"type":"object","properties":{"metadata":{"type":"object","properties":{"name":{"type":"string"},
"labels":{"type":"object"}}}}})",
     {"s.properties[metadata]: Forbidden: must not specify anything other than name and "
      "generateName, but metadata is implicitly specified"}},
    {R"({"type":"object","properties":{"e":{"type":"object","x-kubernetes-embedded-resource":true}}})",
     {"s.properties[e].properties: Required value: must not be empty if "
      "x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"}},
    {R"({"type":"object","additionalProperties":{"type":"string"}})",
     {"s.additionalProperties: Forbidden: must not be used at the root"}},
    {R"j({"type":"object","properties":{"a":{"type":"string","pattern":"(a"}}})j",
     {R"j(s.properties[a].pattern: Invalid value: "(a": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(a`)j"}},
};

TEST(SchemaRules, Structural) {
  for (const Case& one : kStructural) {
    EXPECT_EQ(Told(ValidateStructuralSchema(Json(one.schema), FieldPath("s"))), one.want)
        << one.schema;
  }
}

const Case kKeywords[] = {
    {R"({"type":"object","properties":{"a":{"type":"strin"}}})",
     {R"(s.properties[a].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string")"}},
    {R"({"type":"object","$ref":"#/definitions/a","definitions":{"a":{"type":"object"}}})",
     {"s.definitions: Forbidden: definitions is not supported",
      "s.$ref: Forbidden: $ref is not supported"}},
    {R"({"type":"array","x-kubernetes-list-type":"map","items":{"type":"object","properties":{"k":{"type":"string"}}}})",
     {"s.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type "
      "is map"}},
    {R"({"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
"items":{"type":"object","properties":{"k":{"type":"string"}}}})",
     {"s.items.properties[k].default: Required value: this property is in "
      "x-kubernetes-list-map-keys, so it must have a default or be a required property"}},
    {R"({"type":"array","x-kubernetes-list-type":"set","items":{"type":"object"}})",
     {"s.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with "
      "x-kubernetes-list-type=set"}},
    {R"({"type":"object","properties":{"metadata":{"type":"object","default":{}}}})",
     {"s.properties[metadata].default: Forbidden: must not be set in top-level metadata"}},
    {R"({"type":"object","x-kubernetes-validations":[{"rule":" "},{"rule":"a\nb"},
{"rule":"true","message":" "},{"rule":"true","fieldPath":".x"}]})",
     {"s.x-kubernetes-validations[0].rule: Required value: rule is not specified",
      "s.x-kubernetes-validations[1].message: Required value: message must be specified if rule "
      "contains line breaks",
      R"(s.x-kubernetes-validations[2].message: Invalid value: " ": must be non-empty if specified)",
      R"(s.x-kubernetes-validations[3].fieldPath: Invalid value: ".x": must be a valid path)"}},
};

TEST(SchemaRules, Keywords) {
  for (const Case& one : kKeywords) {
    EXPECT_EQ(Told(ValidateOpenApiSchema(Json(one.schema), FieldPath("s"))), one.want)
        << one.schema;
  }
}

const Case kDefaults[] = {
    {R"({"type":"object","properties":{"a":{"type":"string","default":"x"}}})", {}},
    {R"({"type":"object","properties":{"a":{"type":"string","default":1}}})",
     {R"(s.properties[a].default: Invalid value: "integer":  in body must be of type string: "integer")"}},
    {R"({"type":"object","properties":{"a":{"type":"object","default":{"b":1}}}})",
     {R"(s.properties[a].default: Invalid value: {"b":1}: must not have unknown fields)"}},
    {R"({"type":"object","properties":{"e":{"type":"object","x-kubernetes-embedded-resource":true,
"properties":{"metadata":{"type":"object","properties":{"name":{"type":"string","default":"a/b"}}}}}}})",
     {R"(s.properties[e].properties[metadata].properties[name].default: Invalid value: "a/b": must result in valid metadata: metadata.name: Invalid value: "a/b": may not contain '/')"}},
};

TEST(SchemaRules, Defaults) {
  for (const Case& one : kDefaults) {
    const ReadSchemaText schema(one.schema);
    EXPECT_EQ(Told(ValidateDefaults(*schema.node, FieldPath("s"))), one.want) << one.schema;
  }
}

TEST(SchemaRules, Paths) {
  const Value schema = Json(
      R"({"type":"object","properties":{"spec":{"type":"object","properties":{"a.b":{"type":"string"},
"m":{"type":"object","additionalProperties":{"type":"integer"}}}}}})");
  struct Step {
    const char* path;
    const char* want;
  };
  const Step kSteps[] = {{".spec['a.b']", "spec.a.b"},
                         {".spec.m.x", "spec.m[x]"},
                         {".spec.nosuch", "does not refer to a valid field"},
                         {"spec", "expected [ or . but got: spec"},
                         {".spec[0]", "expected single quoted string but got 0"},
                         {".spec['m", "expected single quoted string but got 'm"},
                         {".", "unexpected end of JSON path"}};
  for (const Step& step : kSteps) {
    const auto found = FindSchemaPath(schema, step.path, PathBrackets::kAllowed);
    EXPECT_EQ(found.ok() ? found.value().text : found.error().message, step.want) << step.path;
  }
  EXPECT_EQ(FindSchemaPath(schema, ".spec['a.b']", PathBrackets::kForbidden).error().message,
            "array notation is not allowed");
}

}  // namespace
}  // namespace apiserver
