#include "apiserver/registry/patch/field_set.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

FieldSet Set(const std::string& json) { return *FieldSet::Parse(ParseJson(json).value); }
std::string Text(const FieldSet& set) { return ToJson(set.ToValue()); }

TEST(FieldSet, ReadsAndWritesInUpstreamsOrder) {
  const std::string text =
      R"({"f:a":{".":{},"f:c":{}},"f:b":{},"k:{\"n\":\"x\"}":{},"v:1":{},"v:\"s\"":{},"i:0":{}})";
  EXPECT_EQ(Text(Set(R"({"i:0":{},"v:\"s\"":{},"f:b":{},"v:1":{},"k:{\"n\":\"x\"}":{},)"
                     R"("f:a":{"f:c":{},".":{}},"z:skipped":{}})")),
            text);
  EXPECT_FALSE(FieldSet::Parse(ParseJson(R"({"ab":{}})").value).ok());
  EXPECT_FALSE(FieldSet::Parse(ParseJson(R"({"k:[":{}})").value).ok());
  EXPECT_FALSE(FieldSet::Parse(ParseJson(R"({"f:a":1})").value).ok());
}

TEST(FieldSet, Algebra) {
  const FieldSet a = Set(R"({"f:a":{".":{},"f:b":{}},"f:c":{}})");
  const FieldSet b = Set(R"({"f:a":{},"f:d":{}})");
  EXPECT_EQ(Text(a.Union(b)), R"({"f:a":{".":{},"f:b":{}},"f:c":{},"f:d":{}})");
  EXPECT_EQ(Text(a.Intersection(b)), R"({"f:a":{}})");
  EXPECT_EQ(Text(a.Difference(b)), R"({"f:a":{"f:b":{}},"f:c":{}})");
  EXPECT_EQ(Text(a.RecursiveDifference(b)), R"({"f:c":{}})");
  EXPECT_TRUE(a.Difference(a).empty());
  EXPECT_EQ(a.Union(a), a);
}

TEST(FieldSet, DeducedTypesOwnMapsPieceByPieceAndListsWhole) {
  const Value value = ParseJson(R"({"spec":{"x":{"l":[1,{"k":2}],"y":1}},"other":true})").value;
  EXPECT_EQ(Text(FieldSetOf(TypedNode::Deduced(), value)),
            R"({"f:other":{},"f:spec":{".":{},"f:x":{".":{},"f:l":{},"f:y":{}}}})");
}

TEST(FieldSet, ComparisonOfDeducedTypes) {
  const TypedNode any = TypedNode::Deduced();
  const Value before = ParseJson(R"({"a":1,"b":{"c":1},"d":[1]})").value;
  const Value after = ParseJson(R"({"a":2,"b":{"c":1,"e":{}},"f":1.0})").value;
  const Comparison got = CompareTyped(any, before, after);
  EXPECT_EQ(Text(got.modified), R"({"f:a":{}})");
  EXPECT_EQ(Text(got.added), R"({"f:b":{"f:e":{}},"f:f":{}})");
  EXPECT_EQ(Text(got.removed), R"({"f:d":{}})");
}

}  // namespace
}  // namespace apiserver
