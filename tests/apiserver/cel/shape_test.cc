// JSON seen through a schema: what k8s.io/apiserver's UnstructuredToVal makes of it, and how such
// values compare.
#include "apiserver/cel/shape.h"

#include <gtest/gtest.h>

#include "apiserver/cel/program.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

std::unique_ptr<Shape> Of(Shape::Kind kind) {
  auto shape = std::make_unique<Shape>();
  shape->kind = kind;
  return shape;
}

std::unique_ptr<Shape> ListOf(Shape::Kind kind, ListStyle style) {
  auto list = Of(Shape::Kind::kList);
  list->list_style = style;
  list->items = Of(kind);
  return list;
}

// One property of each kind.
std::unique_ptr<Shape> SampleShape() {
  auto object = Of(Shape::Kind::kObject);
  object->AddProperty("text", Of(Shape::Kind::kString));
  object->AddProperty("whole", Of(Shape::Kind::kInteger));
  object->AddProperty("number", Of(Shape::Kind::kNumber));
  object->AddProperty("either", Of(Shape::Kind::kIntOrString));
  object->AddProperty("time", Of(Shape::Kind::kDateTime));
  object->AddProperty("day", Of(Shape::Kind::kDate));
  object->AddProperty("span", Of(Shape::Kind::kDuration));
  object->AddProperty("bytes", Of(Shape::Kind::kByte));
  object->AddProperty("dash-ed", Of(Shape::Kind::kString));
  object->AddProperty("namespace", Of(Shape::Kind::kString));
  object->AddProperty("set", ListOf(Shape::Kind::kString, ListStyle::kSet));
  object->AddProperty("list", ListOf(Shape::Kind::kInteger, ListStyle::kAtomic));
  object->AddProperty("kept", Of(Shape::Kind::kPreserved));
  auto nullable = Of(Shape::Kind::kString);
  nullable->is_nullable = true;
  object->AddProperty("nullable", std::move(nullable));
  auto element = Of(Shape::Kind::kObject);
  element->AddProperty("k", Of(Shape::Kind::kString));
  element->AddProperty("v", Of(Shape::Kind::kInteger));
  auto map_list = Of(Shape::Kind::kList);
  map_list->list_style = ListStyle::kMap;
  map_list->map_keys = {"k"};
  map_list->items = std::move(element);
  object->AddProperty("maps", std::move(map_list));
  auto labels = Of(Shape::Kind::kMap);
  labels->items = Of(Shape::Kind::kString);
  object->AddProperty("labels", std::move(labels));
  return object;
}

constexpr std::string_view kNew = R"({
    "text":"t", "whole":3, "number":4, "either":"50%", "time":"2023-01-01T00:00:00.5+01:00", "day":"2023-01-02",
    "span":"1h", "bytes":"aGk=", "dash-ed":"d", "namespace":"n", "set":["a","b"], "list":[1,2],
    "kept":{"x":[1]}, "nullable":null, "maps":[{"k":"a","v":1},{"k":"b","v":2}], "labels":{"a-b":"c"}})";
constexpr std::string_view kOld = R"({
    "text":"t", "whole":3, "number":4.0, "either":50, "set":["b","a"], "list":[2,1],
    "kept":{"x":[1]}, "maps":[{"k":"b","v":2},{"k":"a","v":1}], "labels":{"a-b":"c"}})";

struct Case {
  const char* expression;
  const char* want;
};

constexpr Case kCases[] = {
    {"self.text", "t"},
    {"self.whole + 1", "4"},
    {"type(self.number)", "double"},
    {"self.number", "4"},
    {"type(self.either)", "string"},
    {"type(old.either)", "int"},
    {"self.time.getHours()", "23"},
    {"string(self.time)", "2023-01-01T00:00:00.5+01:00"},
    {"self.day.getDate()", "2"},
    {"self.span == duration('60m')", "true"},
    {"string(self.bytes)", "hi"},
    {"self.dash__dash__ed", "d"},
    {"self.__namespace__", "n"},
    {"has(self.nullable)", "false"},
    {"self.nullable", "no such key: nullable"},
    {"self.missing", "no such key: missing"},
    {"self.set == old.set", "true"},
    {"self.set != old.set", "false"},
    {"self.list == old.list", "false"},
    {"self.maps == old.maps", "true"},
    {"self.maps[0] == old.maps[1]", "true"},
    {"self.kept == old.kept", "true"},
    {"(old.set + ['c', 'a', 'c']).size()", "3"},
    {"(old.set + ['c'])[2]", "c"},
    {"(self.maps + [{'k': dyn('a'), 'v': dyn(7)}]).size()", "2"},
    {"(self.maps + [{'k': dyn('a'), 'v': dyn(7)}])[0].v", "7"},
    {"(self.maps + [{'k': dyn('z'), 'v': dyn(7)}])[2].k", "z"},
    {"self.list + [3]", "[1, 2, 3]"},
    {"self.list[dyn(0.0)]", "unsupported index: 0"},
    {"self.labels['a-b']", "c"},
    {"self.labels.all(k, k == 'a-b')", "true"},
    {"self.labels == old.labels", "true"},
    {"self.filter(k, k.startsWith('dash'))", "[dash__dash__ed]"},
    {"self.whole == 3 && self.set == 3", "no such overload"},
    {"2 in self.list", "true"},
    {"'b' in self.set", "true"},
    {"self.size()", "16"},
    {"type(self)", "map"},
};

TEST(ShapeTest, ValuesAreSeenThroughTheirSchema) {
  const auto shape = SampleShape();
  const apiserver::Value object = boost::json::parse(kNew);
  const apiserver::Value old_object = boost::json::parse(kOld);
  Environment environment;
  environment.variables.emplace("self", DynType());
  environment.variables.emplace("old", DynType());
  Evaluator evaluator;
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.expression);
    const CompileOutcome compiled = CompileProgram(environment, test.expression);
    ASSERT_NE(compiled.program, nullptr) << compiled.error;
    evaluator.Reset();
    const Binding bindings[] = {{"self", FromJson(object, shape.get(), evaluator.arena())},
                                {"old", FromJson(old_object, shape.get(), evaluator.arena())}};
    EXPECT_EQ(PrintValue(evaluator.Evaluate(*compiled.program, bindings).value), test.want);
  }
}

TEST(ShapeTest, DataThatBreaksItsSchemaIsAnError) {
  struct Broken {
    Shape::Kind kind;
    const char* json;
    const char* want;
  };
  constexpr Broken kBroken[] = {
      {Shape::Kind::kString, "1", "invalid data, expected string, got int64"},
      {Shape::Kind::kInteger, "1.5", "invalid data, expected int, got float64"},
      {Shape::Kind::kNumber, "\"x\"", "invalid data, expected float, got string"},
      {Shape::Kind::kBoolean, "[]", "invalid data, expected bool, got []interface {}"},
      {Shape::Kind::kString, "null", "invalid data, got null for schema with nullable=false"},
      {Shape::Kind::kObject, "[]",
       "invalid data, expected a map for the provided schema with type=object"},
      {Shape::Kind::kList, "{}",
       "invalid data, expected an array for the provided schema with type=array"},
      {Shape::Kind::kIntOrString, "true",
       "invalid data, expected XIntOrString value to be either a string or integer"},
      {Shape::Kind::kDuration, "\"x\"", "Invalid duration x: unable to parse x as duration"},
      {Shape::Kind::kByte, "\"*\"",
       "Invalid byte formatted string *: illegal base64 data at input byte 0"},
  };
  Arena arena;
  for (const Broken& broken : kBroken) {
    const apiserver::Value json = boost::json::parse(broken.json);
    const auto shape = Of(broken.kind);
    const Value value = FromJson(json, shape.get(), arena);
    EXPECT_TRUE(value.is_error());
    EXPECT_EQ(value.as_text(), broken.want);
  }
}

TEST(ShapeTest, NamesAreEscapedAsUpstream) {
  EXPECT_EQ(EscapeIdentifier("a-b.c/d"), "a__dash__b__dot__c__slash__d");
  EXPECT_EQ(EscapeIdentifier("a__b"), "a__underscores__b");
  EXPECT_EQ(EscapeIdentifier("in"), "__in__");
  EXPECT_EQ(EscapeIdentifier("int"), "int");
  EXPECT_EQ(EscapeIdentifier("1a"), std::nullopt);
  EXPECT_EQ(EscapeIdentifier("a b"), std::nullopt);
  EXPECT_EQ(EscapeIdentifier(""), std::nullopt);
}

TEST(ShapeTest, DurationsOfSchemasHaveMoreUnits) {
  Arena arena;
  const auto shape = Of(Shape::Kind::kDuration);
  for (const char* text : {"\"2 days\"", "\"48h\"", "\"2d\"", "\"1 day 24 hours\""}) {
    const apiserver::Value json = boost::json::parse(text);
    EXPECT_EQ(PrintValue(FromJson(json, shape.get(), arena)), "172800s") << text;
  }
}

}  // namespace
}  // namespace apiserver::cel
