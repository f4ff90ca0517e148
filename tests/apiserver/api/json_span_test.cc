#include "apiserver/api/json_span.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/object.h"

namespace apiserver {
namespace {

TEST(FindJsonSpan, FindsTheValueAndNothingThatLooksLikeIt) {
  const std::string_view json =
      R"({"a":"\"b\":1,}","c":[{"b":2},"]"],"d":{"b":{"e":[1,2]},"f":true,"g":-1.5e3},"h":null})";
  const struct {
    std::vector<std::string_view> path;
    std::string_view want;  // "" for nothing
  } kRows[] = {
      {{"a"}, R"("\"b\":1,}")"},
      {{"c"}, R"([{"b":2},"]"])"},
      {{"d", "b"}, R"({"e":[1,2]})"},
      {{"d", "f"}, "true"},
      {{"d", "g"}, "-1.5e3"},
      {{"h"}, "null"},
      {{"d", "b", "e"}, "[1,2]"},
      {{"b"}, ""},
      {{"a", "b"}, ""},
      {{"c", "b"}, ""},
      {{"d", "b", "e", "x"}, ""},
      {{}, json},
  };
  for (const auto& row : kRows) {
    const auto span = FindJsonSpan(json, row.path);
    EXPECT_EQ(span ? json.substr(span->begin, span->size) : "", row.want);
  }
}

TEST(FindJsonSpan, EscapesEndNoString) {
  const std::string_view json = R"({"a":"\\","b\"":"\\\"}","c":"","d":"x"})";
  const struct {
    std::string_view key;
    std::string_view want;
  } kRows[] = {{"a", R"("\\")"}, {"c", R"("")"}, {"d", R"("x")"}};
  for (const auto& row : kRows) {
    const auto span = FindJsonSpan(json, std::array{row.key});
    EXPECT_EQ(span ? json.substr(span->begin, span->size) : "", row.want);
  }
}

TEST(WithValue, IsWhatMakeWouldMake) {
  for (const Revision before : {9u, 99u, 100u}) {
    Value value = ParseJson(R"({"kind":"K","metadata":{"name":"a","uid":"u","managedFields":[{}]},)"
                            R"("spec":{"x":"old","y":1}})")
                      .value;
    const ObjectPtr old = StoredObject::Make(value, before);
    const std::vector<std::string_view> path{"spec", "x"};
    const auto span = FindJsonSpan(old->json(), path);
    ASSERT_TRUE(span);
    const ObjectPtr got = old->WithValue(*span, "\"newer\"", "[{\"a\":1}]", before + 1);
    value.at("spec").get_object()["x"] = "newer";
    value.at("metadata").get_object()["managedFields"] = ParseJson("[{\"a\":1}]").value;
    const ObjectPtr want = StoredObject::Make(value, before + 1);
    EXPECT_EQ(got->json(), want->json());
    EXPECT_EQ(got->managed_fields(), want->managed_fields());
    EXPECT_EQ(got->offsets().managed_fields, want->offsets().managed_fields);
    EXPECT_EQ(got->offsets().revision, want->offsets().revision);
    EXPECT_EQ(got->meta().revision, want->meta().revision);
  }
}

}  // namespace
}  // namespace apiserver
