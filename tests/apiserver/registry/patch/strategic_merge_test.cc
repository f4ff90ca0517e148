#include "apiserver/registry/patch/strategic_merge.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

// Patches a pod's spec and shows the spec, or "CODE MESSAGE".
std::string PatchedSpec(const std::string& spec, const std::string& patch) {
  const Value pod = ParseJson("{\"spec\":" + spec + "}").value;
  const auto got =
      ApplyStrategicMergePatch(pod, "{\"spec\":" + patch + "}", *FindType("", "v1", "Pod"));
  if (!got.ok()) return std::to_string(got.error().code) + " " + got.error().message;
  return ToJson(got->object.at("spec"));
}

struct Row {
  std::string name;
  std::string spec;
  std::string patch;
  std::string want;
};

TEST(StrategicMerge, ListsMergeByKey) {
  const std::vector<Row> rows = {
      {"new items go in front", R"({"containers":[{"name":"a"}]})",
       R"({"containers":[{"name":"b"}]})", R"({"containers":[{"name":"b"},{"name":"a"}]})"},
      {"known ones merge in place", R"({"containers":[{"name":"a"},{"name":"b","image":"1"}]})",
       R"({"containers":[{"name":"b","tty":true}]})",
       R"({"containers":[{"name":"a"},{"name":"b","image":"1","tty":true}]})"},
      {"delete", R"({"containers":[{"name":"a"},{"name":"b"}]})",
       R"({"containers":[{"name":"a","$patch":"delete"}]})", R"({"containers":[{"name":"b"}]})"},
      {"replace", R"({"containers":[{"name":"a"}]})",
       R"({"containers":[{"$patch":"replace"},{"name":"n"}]})", R"({"containers":[{"name":"n"}]})"},
      {"empty list changes nothing", R"({"containers":[{"name":"a"}]})", R"({"containers":[]})",
       R"({"containers":[{"name":"a"}]})"},
      {"atomic lists are replaced", R"({"tolerations":[{"key":"a"}]})",
       R"({"tolerations":[{"key":"b"}]})", R"({"tolerations":[{"key":"b"}]})"},
      {"no merge key", R"({"containers":[{"name":"a"}]})", R"({"containers":[{"image":"x"}]})",
       "500 map: map[image:x] does not contain declared merge key: name"},
      {"merge directive", R"({"containers":[{"name":"a"}]})",
       R"({"containers":[{"name":"a","$patch":"merge"}]})",
       "500 merging lists cannot yet be specified in the patch"},
      {"unknown directive", R"({"containers":[{"name":"a"}]})",
       R"({"containers":[{"name":"a","$patch":5}]})",
       "500 unknown patch type: %!s(int64=5) in map: map[$patch:5 name:a]"},
      {"mixed types", R"({"containers":[{"name":"a"}]})", R"({"containers":["x"]})",
       "500 list element types are not identical: [[map[name:a]] [x]]"},
  };
  for (const Row& row : rows) EXPECT_EQ(PatchedSpec(row.spec, row.patch), row.want) << row.name;
}

TEST(StrategicMerge, MapsObeyDirectives) {
  const std::vector<Row> rows = {
      {"null deletes", R"({"nodeSelector":{"a":"1","b":"2"}})",
       R"({"nodeSelector":{"a":null,"c":"3"}})", R"({"nodeSelector":{"b":"2","c":"3"}})"},
      {"replace", R"({"nodeSelector":{"a":"1"}})",
       R"({"nodeSelector":{"$patch":"replace","c":"3"}})", R"({"nodeSelector":{"c":"3"}})"},
      {"delete", R"({"nodeSelector":{"a":"1"}})", R"({"nodeSelector":{"$patch":"delete"}})",
       R"({"nodeSelector":{}})"},
      {"unknown", R"({"nodeSelector":{"a":"1"}})", R"({"nodeSelector":{"$patch":"x"}})",
       "500 unknown patch type: x in map: map[$patch:x]"},
      {"directives in new values go", R"({})",
       R"({"securityContext":{"a":1,"b":null},"nodeSelector":{"$patch":"delete"}})",
       R"({"securityContext":{"a":1}})"},
      {"retainKeys", R"({"volumes":[{"name":"v","emptyDir":{}}]})",
       R"({"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]})",
       R"({"volumes":[{"name":"v","configMap":{"name":"c"}}]})"},
      {"retainKeys lacks a member", R"({"volumes":[{"name":"v"}]})",
       R"({"volumes":[{"name":"v","$retainKeys":["name"],"configMap":{"name":"c"}}]})",
       "400 invalid patch format of retainKeys"},
  };
  for (const Row& row : rows) EXPECT_EQ(PatchedSpec(row.spec, row.patch), row.want) << row.name;
}

TEST(StrategicMerge, ElementOrderIsKept) {
  const std::string live = R"({"containers":[{"name":"A"},{"name":"B"},{"name":"C"}]})";
  const std::vector<Row> rows = {
      {"order alone", live, R"({"$setElementOrder/containers":[{"name":"C"},{"name":"A"}]})",
       R"({"containers":[{"name":"B"},{"name":"C"},{"name":"A"}]})"},
      {"order with a new item", live,
       R"({"$setElementOrder/containers":[{"name":"N"},{"name":"B"},{"name":"C"},{"name":"A"}],"containers":[{"name":"N"}]})",
       R"({"containers":[{"name":"N"},{"name":"B"},{"name":"C"},{"name":"A"}]})"},
      {"patch item not listed", live,
       R"({"$setElementOrder/containers":[{"name":"A"}],"containers":[{"name":"B"}]})",
       "500 The order in patch list:\n[map[name:B]]\n doesn't match $setElementOrder list:\n"
       "[map[name:A]]\n"},
      {"no list", live, R"({"$setElementOrder/containers":"word"})",
       "500 expected a []interface {}, but received a string"},
  };
  for (const Row& row : rows) EXPECT_EQ(PatchedSpec(row.spec, row.patch), row.want) << row.name;
}

TEST(StrategicMerge, ScalarListsAreSets) {
  const Type& type = *FindType("", "v1", "ConfigMap");
  const auto patched = [&](const std::string& finalizers, const std::string& metadata) {
    const Value object = ParseJson(R"({"metadata":{"finalizers":)" + finalizers + "}}").value;
    const auto got = ApplyStrategicMergePatch(object, R"({"metadata":)" + metadata + "}", type);
    return got.ok() ? ToJson(got->object.at("metadata")) : got.error().message;
  };
  EXPECT_EQ(patched(R"(["a","b"])", R"({"finalizers":["c"]})"), R"({"finalizers":["c","a","b"]})");
  EXPECT_EQ(patched(R"(["a","b"])", R"({"$deleteFromPrimitiveList/finalizers":["b","x"]})"),
            R"({"finalizers":["a"]})");
  EXPECT_EQ(patched(R"(["a","b"])", R"({"$deleteFromPrimitiveList/finalizers":"word"})"),
            R"({"finalizers":["a","b"]})");
  EXPECT_EQ(patched(R"(["a","b"])", R"({"finalizers":[]})"), R"({"finalizers":["a","b"]})");
  EXPECT_EQ(patched(R"(["a","b"])", R"({"finalizers":null})"), "{}");
}

TEST(StrategicMerge, BodiesOfOtherShapes) {
  const Type& type = *FindType("", "v1", "Pod");
  const Value pod = ParseJson(R"({"spec":{}})").value;
  EXPECT_EQ(ApplyStrategicMergePatch(pod, "[]", type).error().message,
            "json: cannot unmarshal array into Go value of type map[string]interface {}");
  EXPECT_EQ(ApplyStrategicMergePatch(pod, "", type).error().message,
            "unexpected end of JSON input");
  EXPECT_EQ(ToJson(ApplyStrategicMergePatch(pod, "null", type)->object), R"({"spec":{}})");
}

}  // namespace
}  // namespace apiserver
