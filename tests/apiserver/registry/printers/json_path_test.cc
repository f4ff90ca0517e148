#include "apiserver/registry/printers/json_path.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

std::string Found(const char* path, const Value& root) {
  const auto parsed = JsonPath::Parse(path);
  if (!parsed.ok()) return "bad path";
  const auto found = parsed->Find(root);
  if (!found) return "failed";
  std::string text;
  for (const Value* value : *found) text += boost::json::serialize(*value) + ";";
  return text;
}

TEST(JsonPath, FindsWhatColumnsAskFor) {
  const Value root = boost::json::parse(
      R"({"a":{"b":1,"c.d":2},"list":[{"n":"x","t":"A"},{"n":"y","t":"B"}],"none":[]})");
  const struct {
    const char* path;
    const char* want;
  } kRows[] = {{".a.b", "1;"},
               {".a['b']", "1;"},
               {".a['c.d']", ""},  // as upstream: the dot divides here too
               {".a['c\\.d']", "2;"},
               {".a.c\\.d", "2;"},
               {".list[0].n", "\"x\";"},
               {".list[-1:].n", "\"y\";"},
               {".list[*].n", "\"x\";\"y\";"},
               {".list[?(@.t==\"B\")].n", "\"y\";"},
               {".list[?(@.t!='B')].n", "\"x\";"},
               {".list[?(@.missing)].n", ""},
               {".list[5].n", "failed"},
               {".none[0]", "failed"},
               {".missing.deep", ""},
               {".list[", "bad path"},
               {".list[?(@.x]", "bad path"},
               {"spec.s", "bad path"}};
  for (const auto& row : kRows) EXPECT_EQ(Found(row.path, root), row.want) << row.path;
}

TEST(JsonPath, IsBounded) {
  EXPECT_FALSE(JsonPath::Parse("." + std::string(kJsonPathBytesMax, 'a')).ok());
}

}  // namespace
}  // namespace apiserver
