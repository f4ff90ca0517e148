// Lists in pages, at revisions and with selectors, end to end through the pipeline.

#include <gtest/gtest.h>

#include "tests/apiserver/registry/test_server.h"

namespace apiserver {
namespace {

class Lists : public ::testing::Test {
 protected:
  Lists() {
    server_.Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"ns"}})");
    for (const std::string name : {"a", "b", "c"}) {
      server_.Do("POST", kMaps,
                 R"({"metadata":{"name":")" + name + R"(","labels":{"n":")" + name + R"("}}})");
    }
  }
  TestServer::Answer List(const std::string& query) {
    return server_.Do("GET", kMaps + "?" + query);
  }
  static std::string Names(const TestServer::Answer& answer) {
    std::string names;
    const Value* items = Find(answer.body, "items");
    if (items == nullptr) return "-";
    for (const Value& item : items->as_array()) names += TextAt(item, {"metadata", "name"});
    return names;
  }

  const std::string kMaps = "/api/v1/namespaces/ns/configmaps";
  TestServer server_;
};

TEST_F(Lists, SelectorsPick) {
  EXPECT_EQ(Names(List("")), "abc");
  EXPECT_EQ(Names(List("labelSelector=n%20in%20(a,c)")), "ac");
  EXPECT_EQ(Names(List("fieldSelector=metadata.name%3Db")), "b");
  EXPECT_EQ(Names(List("fieldSelector=metadata.name!%3Db")), "ac");
  EXPECT_EQ(List("fieldSelector=data.x%3D1").status, 400);
  EXPECT_EQ(List("fieldSelector=nonsense").status, 400);
}

TEST_F(Lists, PagesShowOneState) {
  const auto first = List("limit=2");
  EXPECT_EQ(Names(first), "ab");
  EXPECT_EQ(IntAt(first.body, {"metadata", "remainingItemCount"}), 1);
  server_.Do("POST", kMaps, R"({"metadata":{"name":"bb"}})");
  const std::string token(TextAt(first.body, {"metadata", "continue"}));
  EXPECT_EQ(Names(List("limit=2&continue=" + token)), "c");
  EXPECT_EQ(Names(List("")), "abbbc");
}

TEST_F(Lists, RevisionsFollowUpstreamsRules) {
  const auto now = List("");
  const std::string revision(TextAt(now.body, {"metadata", "resourceVersion"}));
  server_.Do("DELETE", kMaps + "/a");
  EXPECT_EQ(Names(List("resourceVersion=" + revision)), "bc");
  EXPECT_EQ(Names(List("resourceVersionMatch=Exact&resourceVersion=" + revision)), "abc");
  EXPECT_EQ(Names(List("limit=9&resourceVersion=" + revision)), "abc");
  EXPECT_EQ(Names(List("limit=1&resourceVersion=0")), "bc");
  EXPECT_EQ(List("resourceVersion=99999").status, 504);
  EXPECT_EQ(List("resourceVersion=abc").status, 400);
  EXPECT_EQ(List("resourceVersionMatch=Exact").status, 422);
  EXPECT_EQ(List("continue=abc").status, 400);
}

TEST_F(Lists, DeleteCollectionDeletesWhatItLists) {
  EXPECT_EQ(Names(server_.Do("DELETE", kMaps + "?labelSelector=n%3Da")), "a");
  EXPECT_EQ(Names(List("")), "bc");
}

}  // namespace
}  // namespace apiserver
