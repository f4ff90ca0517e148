// Partial objects.
#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "scenarios/language/object_matcher.h"

namespace scenarios {
namespace {

std::string Differences(std::string_view want, std::string_view got) {
  const apiserver::Value wanted = apiserver::ParseJson(want).value;
  const apiserver::Value found = apiserver::ParseJson(got).value;
  std::string text;
  for (const Difference& difference : FindDifferences(wanted, &found)) {
    text += (text.empty() ? "" : "; ") + difference.Text();
  }
  return text;
}

TEST(ObjectMatcher, Table) {
  struct Case {
    const char* want;
    const char* got;
    const char* differences;
  };
  const Case cases[] = {
      {R"({"a":1})", R"({"a":1,"b":2})", ""},
      {R"({"a":1})", R"({"a":1.0})", ""},
      {R"({"a":1})", R"({"a":2})", "a: want 1, got 2"},
      {R"({"a":1})", R"({})", "a: want 1, got nothing"},
      {R"({"a":null})", R"({})", ""},
      {R"({"a":null})", R"({"a":1})", "a: want nothing, got 1"},
      {R"({"a":{"b":"x"}})", R"({"a":{"b":"y"}})", R"(a.b: want "x", got "y")"},
      {R"({"a":[]})", R"({"a":[]})", ""},
      {R"({"a":[]})", R"({"a":[1]})", "a: want [], got [1]"},
      {R"({"c":[{"type":"Ready","status":"True"}]})",
       R"({"c":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]})", ""},
      {R"({"c":[{"type":"Ready","status":"True"}]})",
       R"({"c":[{"type":"Other","status":"False"},{"type":"Ready","status":"False"}]})",
       R"(c[1].status: want "True", got "False")"},
      {R"({"c":[{"type":"Ready"}]})", R"({"c":[]})",
       R"(c: want an item like {"type":"Ready"}, got [])"},
      {R"({"a":{}})", R"({"a":{"x":1}})", ""},
      {R"({"a":{}})", R"({"a":"x"})", R"(a: want {}, got "x")"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Differences(test.want, test.got), test.differences) << test.want << " " << test.got;
  }
}

}  // namespace
}  // namespace scenarios
