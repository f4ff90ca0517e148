// What a schema does to values: pruning, defaults, identities of lists, embedded objects, formats.

#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/embedded_objects.h"
#include "apiserver/registry/custom/formats.h"
#include "apiserver/registry/custom/list_types.h"
#include "apiserver/registry/custom/prune.h"
#include "apiserver/registry/custom/scale_checks.h"
#include "tests/apiserver/registry/custom/schemas.h"

namespace apiserver {
namespace {

struct Change {
  const char* schema;
  const char* value;
  const char* want;
  Words unknown;
};

const Change kPruned[] = {
    {R"({"type":"object","properties":{"a":{"type":"object"}}})",
     R"({"a":{"x":1},"b":2})",
     R"({"a":{}})",
     {"a.x", "b"}},
    {R"({"type":"object","x-kubernetes-preserve-unknown-fields":true,
"properties":{"a":{"type":"object"}}})",
     R"({"a":{"x":1},"b":2})",
     R"({"a":{},"b":2})",
     {"a.x"}},
    {R"({"type":"array","x-kubernetes-preserve-unknown-fields":true,"items":{"type":"object",
"properties":{"a":{"type":"object"}}}})",
     R"([{"a":{"x":1},"b":2}])",
     R"([{"a":{},"b":2}])",
     {"[0].a.x"}},
    {R"({"type":"object","additionalProperties":{"type":"object"}})",
     R"({"k":{"x":1}})",
     R"({"k":{}})",
     {"k.x"}},
    {R"({"type":"object","properties":{"e":{"type":"object","x-kubernetes-embedded-resource":true,
"properties":{"spec":{"type":"object"}}}}})",
     R"({"e":{"apiVersion":"v1","kind":"A","metadata":{},"spec":{},"x":1}})",
     R"({"e":{"apiVersion":"v1","kind":"A","metadata":{},"spec":{}}})",
     {"e.x"}},
};

TEST(Walks, Prune) {
  for (const Change& one : kPruned) {
    const ReadSchemaText schema(one.schema);
    Value value = Json(one.value);
    Words unknown;
    PruneValue(*schema.node, false, value, &unknown);
    EXPECT_EQ(ToJson(value), one.want) << one.schema;
    EXPECT_EQ(unknown, one.unknown) << one.schema;
  }
}

const Change kDefaulted[] = {
    {R"({"type":"object","properties":{"a":{"type":"object","default":{},"properties":{
"b":{"type":"integer","default":2}}}}})",
     "{}",
     R"({"a":{"b":2}})",
     {}},
    {R"({"type":"object","properties":{"a":{"type":"string","default":"x"}}})",
     R"({"a":null})",
     R"({"a":"x"})",
     {}},
    {R"({"type":"object","properties":{"a":{"type":"string","nullable":true,"default":"x"}}})",
     R"({"a":null})",
     R"({"a":null})",
     {}},
    {R"({"type":"object","properties":{"a":{"type":"string"}}})",
     R"({"a":null,"b":null})",
     R"({"b":null})",
     {}},
    {R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string","default":"x"}}}})",
     "[{}]",
     R"([{"a":"x"}])",
     {}},
};

TEST(Walks, Defaults) {
  for (const Change& one : kDefaulted) {
    const ReadSchemaText schema(one.schema);
    Value value = Json(one.value);
    RemoveNulls(*schema.node, value);
    ApplySchemaDefaults(*schema.node, value);
    EXPECT_EQ(ToJson(value), one.want) << one.schema;
  }
}

TEST(Walks, ListsDoNotRepeatThemselves) {
  const ReadSchemaText schema(R"({"type":"object","properties":{
"s":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"integer"}},
"m":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
"items":{"type":"object","properties":{"k":{"type":"string"}}}}}})");
  const Words want = {"s[2]: Duplicate value: 1", R"(m[1]: Duplicate value: {"k":"a"})"};
  EXPECT_EQ(Told(ValidateListTypes(*schema.node,
                                   Json(R"({"s":[1,2,1,1],"m":[{"k":"a"},{"k":"a","v":1},{}]})"))),
            want);
}

TEST(Walks, EmbeddedObjectsAreWhole) {
  const ReadSchemaText schema(R"({"type":"object","properties":{"e":{"type":"object",
"x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}})");
  const Words want = {"e.kind: Required value",
                      R"(e.apiVersion: Invalid value: "": must not be empty)"};
  EXPECT_EQ(Told(ValidateEmbedded(*schema.node, Json(R"({"e":{"apiVersion":""}})"))), want);
  Value object = Json(R"({"e":{"metadata":{"name":"a","nosuch":1}}})");
  Words unknown;
  EXPECT_EQ(CoerceEmbedded(*schema.node, object, &unknown), "");
  EXPECT_EQ(unknown, Words{"e.metadata.nosuch"});
  object = Json(R"({"e":{"kind":1}})");
  EXPECT_EQ(CoerceEmbedded(*schema.node, object, nullptr),
            "e.kind: Invalid value: 1: must be a string");
}

TEST(Walks, Formats) {
  struct Case {
    const char* format;
    const char* good;
    const char* bad;
  };
  const Case kCases[] = {{"date-time", "2020-01-02T03:04:05Z", "2020-13-02T03:04:05Z"},
                         {"date", "2024-02-29", "2023-02-29"},
                         {"duration", "1h30m", "soon"},
                         {"duration", "3 weeks", "weeks"},
                         {"email", "A <a@b.c>", "a@"},
                         {"uri", "https://h:1/p?q#f", "http://h:p/"},
                         {"uri", "/p", "p"},
                         {"ipv4", "010.1.2.3", "1.2.3"},
                         {"ipv6", "::1", "1.2.3.4"},
                         {"cidr", "10.0.0.0/8", "10.0.0.0/33"},
                         {"mac", "01-23-45-67-89-ab", "01:23"},
                         {"hostname", "example.com", "-x"},
                         {"isbn10", "0321751043", "0321751044"},
                         {"isbn13", "978-0321751041", "978-0321751042"},
                         {"creditcard", "4111 1111 1111 1111", "4111111111111112"},
                         {"ssn", "111-22-3333", "111223333"},
                         {"byte", "aGk=", "aGk"},
                         {"uuid4", "a987fbc9-4bed-4078-8f07-9141ba07c9f3", "a987fbc9"},
                         {"k8s-short-name", "a-b", "A"},
                         {"k8s-long-name", "a.b", "a..b"}};
  for (const Case& one : kCases) {
    EXPECT_TRUE(MatchesFormat(one.format, one.good)) << one.format << " " << one.good;
    EXPECT_FALSE(MatchesFormat(one.format, one.bad)) << one.format << " " << one.bad;
  }
  EXPECT_FALSE(IsStringFormat("nosuch"));
  EXPECT_TRUE(MatchesFormat("nosuch", "x"));
}

TEST(Walks, Scale) {
  const ScalePaths scale{".spec.n", ".status.n", ".status.s"};
  const Words want_spec = {".spec.n: Invalid value: -1: should be a non-negative integer"};
  EXPECT_EQ(Told(ValidateScaleSpec(scale, Json(R"({"spec":{"n":-1}})"))), want_spec);
  const Words want_status = {
      ".status.n: Invalid value: 0: .status.n accessor error: x is of the type string, expected "
      "int64",
      R"(.status.s: Invalid value: "": .status.s accessor error: 1 is of the type int64, expected string)"};
  EXPECT_EQ(Told(ValidateScaleStatus(scale, Json(R"({"status":{"n":"x","s":1}})"))), want_status);
}

}  // namespace
}  // namespace apiserver
