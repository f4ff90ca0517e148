#include "apiserver/client/informer.h"

#include <gtest/gtest.h>

#include "tests/support/fake_api.h"

namespace apiserver {
namespace {

struct PodView {
  std::string node;
};

Informer<PodView>::Options PodOptions() {
  return {.watcher = "test",
          .resource = {"", "pods"},
          .summarize =
              [](const Value& object, const ObjectMeta&) {
                return PodView{std::string(TextAt(object, {"spec", "nodeName"}))};
              },
          .indexes = {{"node", [](const Informer<PodView>::Entry& entry) {
                         return entry.summary.node.empty()
                                    ? std::vector<std::string>()
                                    : std::vector<std::string>{entry.summary.node};
                       }}}};
}

TEST(Informer, FollowsTheWatchAndItsIndexes) {
  tests::FakeApi api;
  api.Create(kPods, R"({"metadata":{"name":"a","namespace":"n"},"spec":{"nodeName":"x"}})");
  Informer<PodView> pods(api.hub(), PodOptions());
  std::string seen;
  pods.AddHandler([&](const auto& old_entry, const auto& new_entry) {
    seen += old_entry ? "o" : "-";
    seen += new_entry ? "n " : "- ";
  });
  api.Settle();
  api.Create(kPods, R"({"metadata":{"name":"b","namespace":"n"}})");
  api.Settle();
  EXPECT_EQ(pods.entries().size(), 2U);
  EXPECT_EQ(pods.ByIndex("node", "x").size(), 1U);
  api.Patch(kPods, "n/b", R"({"spec":{"nodeName":"x"}})");
  api.Settle();
  EXPECT_EQ(pods.ByIndex("node", "x").size(), 2U);
  api.store().Delete({"", "pods"}, {"n", "a"});
  api.Settle();
  ASSERT_EQ(pods.ByIndex("node", "x").size(), 1U);
  EXPECT_EQ(pods.ByIndex("node", "x")[0]->meta().name, "b");
  EXPECT_EQ(seen, "-n -n on o- ");
}

}  // namespace
}  // namespace apiserver
