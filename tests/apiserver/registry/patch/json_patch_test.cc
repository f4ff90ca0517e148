#include "apiserver/registry/patch/json_patch.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/merge_patch.h"

namespace apiserver {
namespace {

struct Row {
  std::string name;
  std::string object;
  std::string patch;
  std::string want;  // the object, or "CODE MESSAGE"
};

std::string Shown(const ApiResult<Patched>& got) {
  if (got.ok()) return ToJson(got->object);
  return std::to_string(got.error().code) + " " + got.error().message;
}

const std::string kFails = "422 the server rejected our request due to an error in our request";

TEST(JsonPatch, OperationsApplyAsUpstream) {
  const std::vector<Row> rows = {
      {"add", R"({"a":1})", R"([{"op":"add","path":"/b","value":{"c":2}}])",
       R"({"a":1,"b":{"c":2}})"},
      {"escapes", R"({"a":{"x/y":1,"t~":2}})",
       R"([{"op":"replace","path":"/a/x~1y","value":3},{"op":"remove","path":"/a/t~0"}])",
       R"({"a":{"x/y":3}})"},
      {"remove missing", R"({})", R"([{"op":"remove","path":"/a"}])", kFails},
      {"replace missing adds", R"({})", R"([{"op":"replace","path":"/a","value":1}])",
       R"({"a":1})"},
      {"parent missing", R"({})", R"([{"op":"add","path":"/a/b","value":1}])", kFails},
      {"no first slash", R"({"data":{}})", R"([{"op":"add","path":"data/x","value":1}])",
       R"({"x":1,"data":{}})"},
      {"insert", R"({"l":[1,3]})",
       R"([{"op":"add","path":"/l/1","value":2},{"op":"add","path":"/l/-","value":4}])",
       R"({"l":[1,2,3,4]})"},
      {"negative index", R"({"l":[1,2]})",
       R"([{"op":"add","path":"/l/-1","value":3},{"op":"remove","path":"/l/-3"}])",
       R"({"l":[2,3]})"},
      {"index too large", R"({"l":[1]})", R"([{"op":"add","path":"/l/2","value":3}])", kFails},
      {"index no number", R"({"l":[1]})", R"([{"op":"add","path":"/l/x","value":3}])", kFails},
      {"move", R"({"a":1,"b":{}})", R"([{"op":"move","from":"/a","path":"/b/c"}])",
       R"({"b":{"c":1}})"},
      {"move missing", R"({})", R"([{"op":"move","from":"/a","path":"/b"}])", kFails},
      {"copy missing gives null", R"({})", R"([{"op":"copy","from":"/a","path":"/b"}])",
       R"({"b":null})"},
      {"test", R"({"a":[1]})", R"([{"op":"test","path":"/a","value":[1]}])", R"({"a":[1]})"},
      {"test null of missing", R"({})", R"([{"op":"test","path":"/a","value":null}])", R"({})"},
      {"test of a whole float", R"({"a":2.0})", R"([{"op":"test","path":"/a","value":2}])",
       R"({"a":2})"},
      {"test fails", R"({"a":1})", R"([{"op":"test","path":"/a","value":"1"}])", kFails},
      {"unknown operation", R"({})", R"([{"op":"merge","path":"/a"}])", kFails},
      {"null body", R"({"a":1})", "null", R"({"a":1})"},
      {"no list", R"({})", R"({"op":"add"})",
       "400 error decoding patch: json: cannot unmarshal object into Go value of type "
       "[]handlers.jsonPatchOp"},
      {"malformed", R"({})", "[", "400 error decoding patch: unexpected end of JSON input"},
  };
  for (const Row& row : rows) {
    if (row.name == "no first slash") continue;
    EXPECT_EQ(Shown(ApplyJsonPatch(ParseJson(row.object).value, row.patch)), row.want) << row.name;
  }
}

TEST(JsonPatch, TextBeforeTheFirstSlashDoesNotCount) {
  EXPECT_EQ(Shown(ApplyJsonPatch(ParseJson(R"({"data":{}})").value,
                                 R"([{"op":"add","path":"data/x","value":1}])")),
            R"({"data":{},"x":1})");
}

TEST(JsonPatch, OperationsAreLimited) {
  std::string patch = "[{}";
  for (std::size_t i = 0; i < kJsonPatchOperationsMax; ++i) patch += ",{}";
  EXPECT_EQ(
      Shown(ApplyJsonPatch(ParseJson("{}").value, patch + "]")),
      "413 Request entity too large: The allowed maximum operations in a JSON patch is 10000, "
      "got 10001");
  std::string doubling = R"([{"op":"add","path":"/a","value":["0123456789"]})";
  for (int i = 0; i < 60; ++i) doubling += R"(,{"op":"copy","from":"/a","path":"/a/-"})";
  EXPECT_EQ(Shown(ApplyJsonPatch(ParseJson("{}").value, doubling + "]")), kFails);
}

TEST(JsonPatch, ReadPlainlyTheLibrarysOwnWordsAreLeft) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"{}", "400 json: cannot unmarshal object into Go value of type jsonpatch.Patch"},
      {R"(["a"])", "400 json: cannot unmarshal string into Go value of type jsonpatch.Operation"},
      {"[", "400 unexpected end of JSON input"},
      {R"([{"op":5,"path":"/a"}])", kFails},
      {R"([{"op":"add","path":5}])", kFails},
      {"null", "{}"},
  };
  for (const auto& [patch, want] : rows) {
    EXPECT_EQ(Shown(ApplyJsonPatch(ParseJson("{}").value, patch, {}, PatchReading::kPlain)), want);
  }
}

TEST(MergePatch, ReadPlainlyAListReplacesTheObject) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"([{"a":null,"b":1}])", R"([{"b":1}])"},
      {"5", "400 Invalid JSON Patch"},
      {"null", "400 Invalid JSON Patch"},
      {"{", "400 Invalid JSON Patch"},
      {R"({"a":1})", R"({"a":1})"},
  };
  for (const auto& [patch, want] : rows) {
    EXPECT_EQ(Shown(ApplyMergePatch(ParseJson("{}").value, patch, {}, PatchReading::kPlain)), want);
  }
}

TEST(JsonPatch, StrictErrorsNameUnknownMembers) {
  const auto got = ApplyJsonPatch(ParseJson("{}").value,
                                  R"([{"op":"add","path":"/a","value":1,"path":"/b","x":1}])");
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->strict_errors, (std::vector<std::string>{"json patch duplicate field \"[0].path\"",
                                                          "json patch unknown field \"[0].x\""}));
}

TEST(Patches, ShowWhatTheyWentThroughInOrder) {
  Value json = ParseJson(R"({"z":{"y":1,"b":2},"c":{"y":1,"b":2},"a":1})").value;
  SortVisitedByJsonPatch(json, R"([{"op":"test","path":"/z/b"},{"op":"add","path":"x"}])");
  EXPECT_EQ(ToJson(json), R"({"a":1,"c":{"y":1,"b":2},"z":{"b":2,"y":1}})");
  Value merged = ParseJson(R"({"z":{"y":1,"b":2},"c":{"y":1,"b":2},"l":[{"d":1,"c":2}]})").value;
  SortVisitedByMergePatch(merged, ParseJson(R"({"c":{"q":null},"l":[{"d":1}]})").value);
  EXPECT_EQ(ToJson(merged), R"({"c":{"b":2,"y":1},"l":[{"c":2,"d":1}],"z":{"y":1,"b":2}})");
}

TEST(MergePatch, MergesAsUpstream) {
  const std::vector<Row> rows = {
      {"merge", R"({"a":{"b":1,"c":2}})", R"({"a":{"b":null,"d":3}})", R"({"a":{"c":2,"d":3}})"},
      {"lists are replaced", R"({"a":[1,2]})", R"({"a":[null,{"x":null,"y":1}]})",
       R"({"a":[null,{"y":1}]})"},
      {"nulls of new objects go", R"({})", R"({"a":{"b":null,"c":{"d":null}}})",
       R"({"a":{"c":{}}})"},
      {"null body", R"({})", "null", "400 Invalid JSON Patch"},
      {"list body", R"({})", "[]",
       "400 error decoding patch: json: cannot unmarshal array into Go value of type "
       "map[string]interface {}"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Shown(ApplyMergePatch(ParseJson(row.object).value, row.patch)), row.want) << row.name;
  }
}

}  // namespace
}  // namespace apiserver
