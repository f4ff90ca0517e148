// Rules in CEL: what a definition may say, and what they say of objects.

#include "apiserver/registry/custom/open_api_schema.h"
#include "apiserver/registry/custom/rule_validator.h"
#include "tests/apiserver/registry/custom/schemas.h"

namespace apiserver {
namespace {

struct Definition {
  const char* name;
  const char* schema;
  Words want;
};

const Definition kDefinitions[] = {
    {"a rule that compiles",
     R"({"type":"object","properties":{"a":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.a > 1"}]})",
     {}},
    {"a rule must be a bool",
     R"({"type":"object","x-kubernetes-validations":[{"rule":"1"}]})",
     {R"(s.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool)"}},
    {"old items of plain lists are nobody's",
     R"({"type":"object","properties":{"l":{"type":"array","maxItems":2,"items":{"type":"integer",
"x-kubernetes-validations":[{"rule":"self == oldSelf"}]}}}})",
     {R"(s.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[l])"}},
    {"optionalOldSelf wants oldSelf",
     R"({"type":"object","x-kubernetes-validations":[{"rule":"true","optionalOldSelf":true}]})",
     {"s.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if "
      "oldSelf is not used in rule"}},
    {"other faults come first",
     R"({"type":"object","properties":{"a":{"type":"strin"}},"x-kubernetes-validations":[{"rule":"1"}]})",
     {R"(s.properties[a].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string")"}},
    {"reserved words may name fields",
     R"({"type":"object","properties":{"namespace":{"type":"string"}},
"x-kubernetes-validations":[{"rule":"self.namespace == 'a' || self.__namespace__ == 'b'"}]})",
     {}},
};

TEST(Rules, DefinitionsAreCompiled) {
  for (const Definition& one : kDefinitions) {
    const ReadSchemaText schema(one.schema);
    EXPECT_EQ(Told(ValidateOpenApiSchema(schema.source, FieldPath("s"), schema.node.get())),
              one.want)
        << one.name;
  }
}

TEST(Rules, CostsAreBounded) {
  const ReadSchemaText schema(R"j({"type":"object","properties":{"l":{"type":"array","items":{
"type":"array","items":{"type":"string"}}}},
"x-kubernetes-validations":[{"rule":"self.l.all(x, x.all(y, self.l.all(z, y in z)))"}]
})j");
  const FieldErrors errors =
      ValidateOpenApiSchema(schema.source, FieldPath("s"), schema.node.get());
  ASSERT_EQ(errors.size(), 3u);
  EXPECT_EQ(errors[0].field, "s.x-kubernetes-validations[0].rule");
  EXPECT_NE(errors[0].text.find("estimated rule cost exceeds budget by factor of more than 100x"),
            std::string::npos)
      << errors[0].text;
  EXPECT_EQ(errors[2].field, "s");
}

struct Object {
  const char* name;
  const char* schema;
  const char* old;  // null: a create
  const char* value;
  Words errors;
  Words warnings;
};

const Object kObjects[] = {
    {"a rule that fails shows itself",
     R"({"type":"object","properties":{"a":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.a > 1"}]})",
     nullptr,
     R"({"a":1})",
     {"<nil>: Invalid value: failed rule: self.a > 1"},
     {}},
    {"messages, paths and reasons",
     R"j({"type":"object","properties":{"a":{"type":"integer"}},"x-kubernetes-validations":[
{"rule":"self.a > 1","messageExpression":"'a is ' + string(self.a)","fieldPath":".a","reason":"FieldValueForbidden"}]})j",
     nullptr,
     R"({"a":1})",
     {"a: Forbidden: a is 1"},
     {}},
    {"errors name the type",
     R"({"type":"object","properties":{"a":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.a > 1"}]})",
     nullptr,
     "{}",
     {R"(<nil>: Invalid value: "object": no such key: a evaluating rule: self.a > 1)"},
     {}},
    {"texts and numbers are shown",
     R"({"type":"object","properties":{"a":{"type":"integer","x-kubernetes-validations":[{"rule":"self > 1","message":"m"}]}}})",
     nullptr,
     R"({"a":1})",
     {"a: Invalid value: 1: m"},
     {}},
    {"a change without a past is none",
     R"({"type":"object","properties":{"a":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}})",
     nullptr,
     R"({"a":1})",
     {},
     {}},
    {"a change is judged",
     R"({"type":"object","properties":{"a":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}})",
     R"({"a":2})",
     R"({"a":1})",
     {"a: Invalid value: 1: failed rule: self >= oldSelf"},
     {}},
    {"an optional past",
     R"({"type":"object","properties":{"a":{"type":"integer","x-kubernetes-validations":[
{"rule":"oldSelf.hasValue() || self > 1","optionalOldSelf":true}]}}})",
     nullptr,
     R"({"a":1})",
     {"a: Invalid value: 1: failed rule: oldSelf.hasValue() || self > 1"},
     {}},
    {"items of keyed lists have a past",
     R"({"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"map",
"x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"},
"v":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.v == oldSelf.v"}]}}}})",
     R"({"l":[{"k":"a","v":1}]})",
     R"({"l":[{"k":"b","v":5},{"k":"a","v":2}]})",
     {"l[1]: Invalid value: failed rule: self.v == oldSelf.v"},
     {}},
    {"what is unchanged only warns",
     R"({"type":"object","properties":{"o":{"type":"object","properties":{"x":{"type":"integer"}},
"x-kubernetes-validations":[{"rule":"self.x > 1","message":"small"}]},"n":{"type":"integer"}}})",
     R"({"o":{"x":1}})",
     R"({"o":{"x":1},"n":2})",
     {},
     {"o: Invalid value: small"}},
};

TEST(Rules, ObjectsAreJudged) {
  for (const Object& one : kObjects) {
    const ReadSchemaText schema(one.schema);
    const auto rules = RuleValidator::Make(*schema.node, SchemaPlace::kResource);
    ASSERT_NE(rules, nullptr) << one.name;
    const Value value = Json(one.value);
    const Value old = one.old == nullptr ? Value() : Json(one.old);
    const RuleFindings found = rules->Validate(value, one.old == nullptr ? nullptr : &old, true);
    EXPECT_EQ(Told(found.errors), one.errors) << one.name;
    EXPECT_EQ(found.warnings, one.warnings) << one.name;
  }
}

TEST(Rules, SchemasWithoutRulesNeedNoValidator) {
  const ReadSchemaText schema(R"({"type":"object","properties":{"a":{"type":"integer"}}})");
  EXPECT_EQ(RuleValidator::Make(*schema.node, SchemaPlace::kResource), nullptr);
}

}  // namespace
}  // namespace apiserver
