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

TEST_F(Lists, WhatIsCompactedIsGone) {
  const auto first = List("limit=1");
  const std::string revision(TextAt(first.body, {"metadata", "resourceVersion"}));
  const std::string token(TextAt(first.body, {"metadata", "continue"}));
  server_.Do("DELETE", kMaps + "/b");
  Store& store = server_.server().store();
  // The state at the compacted revision itself is still known.
  store.Compact(store.revision() - 1);
  EXPECT_EQ(Names(List("resourceVersionMatch=Exact&resourceVersion=" + revision)), "abc");
  server_.Do("DELETE", kMaps + "/c");
  store.Compact(store.revision());
  const auto exact = List("resourceVersionMatch=Exact&resourceVersion=" + revision);
  EXPECT_EQ(exact.status, 410);
  EXPECT_EQ(TextAt(exact.body, {"reason"}), "Expired");
  EXPECT_EQ(TextAt(exact.body, {"message"}),
            "The resourceVersion for the provided list is too old.");
  // Not older than that is the newest.
  EXPECT_EQ(Names(List("resourceVersion=" + revision)), "a");
  const auto expired = List("limit=1&continue=" + token);
  EXPECT_EQ(expired.status, 410);
  EXPECT_EQ(TextAt(expired.body, {"message"}),
            "The provided continue parameter is too old to display a consistent list result. You "
            "can start a new list without the continue parameter, or use the continue token in "
            "this response to retrieve the remainder of the results. Continuing with the provided "
            "token results in an inconsistent list - objects that were created, modified, or "
            "deleted between the time the first chunk was returned and now may show up in the "
            "list.");
  server_.Do("POST", kMaps, R"({"metadata":{"name":"d"}})");
  const std::string inconsistent(TextAt(expired.body, {"metadata", "continue"}));
  const auto rest = List("limit=1&continue=" + inconsistent);
  EXPECT_EQ(Names(rest), "d");
  EXPECT_EQ(TextAt(rest.body, {"metadata", "resourceVersion"}), std::to_string(store.revision()));
}

TEST_F(Lists, TooLargeSaysWhen) {
  const auto refused = List("resourceVersion=99999");
  EXPECT_EQ(refused.status, 504);
  EXPECT_EQ(IntAt(refused.body, {"details", "retryAfterSeconds"}), 1);
  EXPECT_EQ(TextAt(refused.body.at("details").at("causes").at(0), {"reason"}),
            "ResourceVersionTooLarge");
  // A watch is told in its stream.
  const std::string watch = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
  EXPECT_EQ(List(watch + "&resourceVersion=99999").status, 200);
}

TEST_F(Lists, DeleteCollectionDeletesWhatItLists) {
  EXPECT_EQ(Names(server_.Do("DELETE", kMaps + "?labelSelector=n%3Da")), "a");
  EXPECT_EQ(Names(List("")), "bc");
}

}  // namespace
}  // namespace apiserver
