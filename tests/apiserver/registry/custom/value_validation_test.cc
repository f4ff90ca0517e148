// Values against schemas, in upstream's words and order.

#include "apiserver/registry/custom/value_validation.h"

#include "tests/apiserver/registry/custom/schemas.h"

namespace apiserver {
namespace {

struct Case {
  const char* name;
  const char* schema;
  const char* value;
  Words want;
};

const Case kCases[] = {
    {"what fits says nothing",
     R"({"type":"object","properties":{"a":{"type":"integer"}}})",
     R"({"a":1})",
     {}},
    {"a wrong type shows the type",
     R"({"type":"object","properties":{"a":{"type":"integer"}}})",
     R"({"a":"x"})",
     {R"(a: Invalid value: "string": a in body must be of type integer: "string")"}},
    {"a fraction is no integer, twice",
     R"({"type":"object","properties":{"a":{"type":"integer"}}})",
     R"({"a":1.5})",
     {R"(a: Invalid value: "number": a in body must be of type integer: "number")",
      R"(<nil>: Invalid value: "": Checked value must be of type integer (default format) in a)"}},
    {"a whole fraction is an integer", R"({"type":"integer"})", "2.0", {}},
    {"a formatted schema names its format",
     R"({"type":"string","format":"date"})",
     "5",
     {R"(<nil>: Invalid value: "int64":  in body must be of type date: "int64")"}},
    {"a list passes for a formatted text", R"({"type":"string","format":"date"})", "[]", {}},
    {"null needs nullable",
     R"({"type":"object","properties":{"a":{"type":"string"}}})",
     R"({"a":null})",
     {R"(a: Invalid value: "null": a in body must be of type string: "null")"}},
    {"null where it may be", R"({"type":"string","nullable":true})", "null", {}},
    {"enums fail null even where null may be",
     R"({"type":"string","nullable":true,"enum":["a"]})",
     "null",
     {R"(<nil>: Unsupported value: null: supported values: "a")"}},
    {"a wrong type is no enum value either",
     R"({"type":"string","enum":["a"]})",
     "1",
     {R"(<nil>: Invalid value: "integer":  in body must be of type string: "integer")",
      R"(<nil>: Unsupported value: 1: supported values: "a")"}},
    {"the first broken rule of a text",
     R"({"type":"string","maxLength":1,"pattern":"^b"})",
     R"("aaa")",
     {"<nil>: Too long: may not be more than 1 byte"}},
    {"length counts characters", R"({"type":"string","maxLength":2})", R"("éé")", {}},
    {"bounds in the value's kind",
     R"({"type":"integer","maximum":3,"minimum":5})",
     "4",
     {"<nil>: Invalid value: 4:  in body should be greater than or equal to 5",
      "<nil>: Invalid value: 4:  in body should be less than or equal to 3"}},
    {"excluded bounds",
     R"({"type":"number","maximum":3.5,"exclusiveMaximum":true})",
     "3.5",
     {"<nil>: Invalid value: 3.5:  in body should be less than 3.5"}},
    {"an odd bound of an integer is told each time",
     R"({"type":"integer","maximum":2.5})",
     "1",
     {R"(<nil>: Invalid value: "": Maximum boundary value must be of type integer (default format) in )"}},
    {"multiples",
     R"({"type":"integer","multipleOf":3})",
     "7",
     {"<nil>: Invalid value: 7:  in body should be a multiple of 3"}},
    {"int32",
     R"({"type":"integer","format":"int32"})",
     "2147483648",
     {R"(<nil>: Invalid value: "": Checked value must be of type integer with format int32 in )"}},
    {"items before their number",
     R"({"type":"array","maxItems":1,"items":{"type":"string"}})",
     R"([1,"a"])",
     {R"([0]: Invalid value: "integer": [0] in body must be of type string: "integer")",
      "<nil>: Too many: 2: must have at most 1 item"}},
    {"required after members",
     R"({"type":"object","required":["b"],"properties":{"a":{"type":"string"}}})",
     R"({"a":1})",
     {R"(a: Invalid value: "integer": a in body must be of type string: "integer")",
      "b: Required value"}},
    {"maps say a dot",
     R"({"type":"object","additionalProperties":{"type":"string"}})",
     R"({"k":1})",
     {R"(k: Invalid value: "integer": .k in body must be of type string: "integer")"}},
    {"nothing more than what is named",
     R"({"type":"object","additionalProperties":false})",
     R"({"k":1})",
     {R"(<nil>: Invalid value: "k": .k in body is a forbidden property)"}},
    {"int-or-string",
     R"({"x-kubernetes-int-or-string":true})",
     "1.5",
     {R"(<nil>: Invalid value: "number":  in body must be of type integer,string: "number")"}},
    {"the best of the alternatives is told",
     R"({"type":"string","anyOf":[{"minLength":5},{"pattern":"^b"}]})",
     R"("a")",
     {R"(<nil>: Invalid value: "": "" must validate at least one schema (anyOf))",
      R"(<nil>: Invalid value: "a":  in body should be at least 5 chars long)"}},
    {"exactly one",
     R"({"type":"string","oneOf":[{"minLength":1},{"maxLength":9}]})",
     R"("a")",
     {R"(<nil>: Invalid value: "": "" must validate one and only one schema (oneOf). Found 2 valid alternatives)"}},
    {"all",
     R"({"type":"string","allOf":[{"minLength":5}]})",
     R"("a")",
     {R"(<nil>: Invalid value: "a":  in body should be at least 5 chars long)",
      R"(<nil>: Invalid value: "": "" must validate all the schemas (allOf). None validated)"}},
    {"not",
     R"({"type":"string","not":{"minLength":1}})",
     R"("a")",
     {R"(<nil>: Invalid value: "": "" must not validate the schema (not))"}},
};

TEST(ValueValidation, SaysWhatUpstreamSays) {
  for (const Case& one : kCases) {
    const ReadSchemaText schema(one.schema);
    EXPECT_EQ(Told(ValidateValue(*schema.node, Json(one.value), nullptr)), one.want) << one.name;
  }
}

TEST(ValueValidation, PrefixIsWhereTheValueLies) {
  const ReadSchemaText schema(R"({"type":"object","properties":{"a":{"type":"string"}}})");
  const Words want = {
      R"(status.a: Invalid value: "integer": a in body must be of type string: "integer")"};
  EXPECT_EQ(Told(ValidateValue(*schema.node, Json(R"({"a":1})"), nullptr, {.prefix = "status"})),
            want);
}

struct Ratchet {
  const char* name;
  const char* schema;
  const char* old;
  const char* value;
  std::size_t error_count;
};

const Ratchet kRatchets[] = {
    {"what is unchanged may be wrong",
     R"({"type":"object","properties":{"a":{"type":"string","maxLength":1},"b":{"type":"string"}}})",
     R"({"a":"xx"})", R"({"a":"xx","b":"y"})", 0},
    {"what changes may not",
     R"({"type":"object","properties":{"a":{"type":"string","maxLength":1}}})", R"({"a":"xx"})",
     R"({"a":"xxx"})", 1},
    {"items are found by their key",
     R"({"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"map",
"x-kubernetes-list-map-keys":["k"],"items":{"type":"object","properties":{"k":{"type":"string"},
"v":{"type":"string","maxLength":1}}}}}})",
     R"({"l":[{"k":"a","v":"xx"}]})", R"({"l":[{"k":"b","v":"y"},{"k":"a","v":"xx"}]})", 0},
    {"items of other lists are not",
     R"({"type":"object","properties":{"l":{"type":"array","items":{"type":"string","maxLength":1}}}})",
     R"({"l":["xx"]})", R"({"l":["xx","y"]})", 1},
    {"what has no schema is never unchanged",
     R"({"type":"object","properties":{"o":{"type":"object","maxProperties":1,
"x-kubernetes-preserve-unknown-fields":true}}})",
     R"({"o":{"a":1,"b":2}})", R"({"o":{"a":1,"b":2}})", 1},
    {"alternatives are looked at anew, but their whole may be unchanged",
     R"({"type":"object","properties":{"a":{"type":"string","anyOf":[{"maxLength":1}]}}})",
     R"({"a":"xx"})", R"({"a":"xx"})", 0},
};

TEST(ValueValidation, UnchangedPartsMayStayWrong) {
  for (const Ratchet& one : kRatchets) {
    const ReadSchemaText schema(one.schema);
    const Value value = Json(one.value);
    const Value old = Json(one.old);
    const Correlation correlation{schema.node.get(), &value, &old};
    EXPECT_EQ(ValidateValue(*schema.node, value, &correlation).size(), one.error_count) << one.name;
  }
}

}  // namespace
}  // namespace apiserver
