#include "controllers/node_lifecycle/taint_eviction.h"

#include <gtest/gtest.h>

#include "controllers/node_lifecycle/node_health.h"

namespace controllers {
namespace {

using std::chrono::seconds;

TEST(EvictionDelay, TheShortestTolerationCounts) {
  const std::vector<apiserver::Taint> bad = {{"bad", "", apiserver::TaintEffect::kNoExecute}};
  struct Case {
    const char* name;
    const char* tolerations;
    std::optional<sim::Duration> want;
  };
  const std::vector<Case> cases = {
      {"none", "[]", sim::Duration::zero()},
      {"for ever", R"([{"key":"bad","operator":"Exists"}])", {}},
      {"for a while", R"([{"key":"bad","operator":"Exists","tolerationSeconds":30}])", seconds(30)},
      {"the shortest", R"([{"key":"bad","operator":"Exists","tolerationSeconds":30},
                           {"operator":"Exists","tolerationSeconds":5}])",
       seconds(5)},
      {"another effect", R"([{"key":"bad","operator":"Exists","effect":"NoSchedule"}])",
       sim::Duration::zero()},
  };
  for (const Case& c : cases) {
    Value pod = Object{{"spec", Object{{"tolerations", boost::json::parse(c.tolerations)}}}};
    EXPECT_EQ(EvictionDelay(bad, pod), c.want) << c.name;
  }
}

TEST(WantedTaints, FollowConditionsAndCordon) {
  const sim::Time now{};
  const auto keys = [&](const char* node) {
    const auto taints = WantedTaints(boost::json::parse(node), now);
    if (!taints) return std::string("same");
    std::string text;
    for (const Value& taint : *taints) {
      text += std::string(apiserver::TextAt(taint, {"key"})) + ":" +
              std::string(apiserver::TextAt(taint, {"effect"})) + " ";
    }
    return text;
  };
  EXPECT_EQ(keys(R"({"spec":{},"status":{"conditions":[{"type":"Ready","status":"True"}]}})"),
            "same");
  EXPECT_EQ(keys(R"({"spec":{},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}})"),
            "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute ");
  EXPECT_EQ(keys(R"({"spec":{"unschedulable":true},"status":{}})"),
            "node.kubernetes.io/unschedulable:NoSchedule ");
  EXPECT_EQ(keys(R"({"spec":{"taints":[{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"},
                   {"key":"mine","effect":"NoSchedule"}]},
                   "status":{"conditions":[{"type":"Ready","status":"True"}]}})"),
            "mine:NoSchedule ");
}

}  // namespace
}  // namespace controllers
