// The scheduler against a small API server: the words it uses and where pods go. Expected texts as
// recorded from kube-scheduler 1.36.
#include "controllers/scheduler/scheduler.h"

#include <gtest/gtest.h>

#include "tests/support/fake_api.h"

namespace controllers {
namespace {

using apiserver::kEvents;
using apiserver::kNodes;
using apiserver::kPods;
using apiserver::TextAt;

constexpr std::string_view kNotHelpful =
    " no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not "
    "helpful for scheduling.";

// Four nodes with 4 CPUs: a, b in zone z1, c, d in z2; a and c have disktype=ssd; d is tainted.
class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() : scheduler_(api_.kernel(), api_.handler(), api_.store(), api_.hub(), {}) {
    Node("node-a", "z1", R"(,"disktype":"ssd")");
    Node("node-b", "z1");
    Node("node-c", "z2", R"(,"disktype":"ssd")");
    Node("node-d", "z2", "",
         R"("taints":[{"key":"dedicated","value":"infra","effect":"NoSchedule"}])");
    api_.Settle();
  }
  void Node(const std::string& name, const std::string& zone, const std::string& labels = {},
            const std::string& spec = {}) {
    api_.Create(kNodes,
                R"({"metadata":{"name":")" + name + R"(","labels":{"kubernetes.io/hostname":")" +
                    name + R"(","topology.kubernetes.io/zone":")" + zone + "\"" + labels +
                    R"(}},"spec":{)" + spec +
                    R"(},"status":{"allocatable":{"cpu":"4","memory":"16Gi","pods":"110"}}})");
  }
  void Pod(const std::string& name, const std::string& spec = {}, const std::string& labels = {},
           const std::string& container = {}) {
    api_.Create(kPods, R"({"metadata":{"name":")" + name + R"(","namespace":"default","labels":{)" +
                           labels + R"(}},"spec":{"schedulerName":"default-scheduler",)" +
                           (spec.empty() ? "" : spec + ",") +
                           R"("containers":[{"name":"app","image":"example.com/app:1")" +
                           container + "}]}}");
    api_.Settle(std::chrono::seconds(1));
  }
  static std::string Cpu(const std::string& amount) {
    return R"(,"resources":{"requests":{"cpu":")" + amount + R"("}})";
  }
  static std::string OnHost(const std::string& host) {
    return R"("nodeSelector":{"kubernetes.io/hostname":")" + host + R"("})";
  }
  std::string NodeOf(const std::string& name) {
    const apiserver::Value node = api_.At(kPods, "default/" + name, {"spec", "nodeName"});
    return node.is_string() ? std::string(node.get_string()) : "";
  }
  std::string MessageOf(const std::string& name) {
    const apiserver::Value conditions = api_.At(kPods, "default/" + name, {"status", "conditions"});
    if (!conditions.is_array()) return "";
    for (const apiserver::Value& condition : conditions.get_array()) {
      if (TextAt(condition, {"type"}) == "PodScheduled")
        return std::string(TextAt(condition, {"message"}));
    }
    return "";
  }

  tests::FakeApi api_;
  Scheduler scheduler_;
};

TEST_F(SchedulerTest, BindsAndSaysSo) {
  Pod("p", OnHost("node-a"));
  EXPECT_EQ(NodeOf("p"), "node-a");
  const auto events = api_.List(kEvents);
  ASSERT_EQ(events.size(), 1u);
  const auto event = events[0]->Peek();
  EXPECT_EQ(TextAt(*event, {"reason"}), "Scheduled");
  EXPECT_EQ(TextAt(*event, {"action"}), "Binding");
  EXPECT_EQ(TextAt(*event, {"message"}), "Successfully assigned default/p to node-a");
  EXPECT_EQ(TextAt(*event, {"reportingComponent"}), "default-scheduler");
}

TEST_F(SchedulerTest, RefusesInUpstreamsWords) {
  struct Row {
    std::string name;
    std::string spec;
    std::string container;
    std::string want;
  };
  const std::vector<Row> rows = {
      {"cpu", "", Cpu("10"), "1 node(s) had untolerated taint(s), 3 Insufficient cpu."},
      {"cpu-and-memory", "", R"(,"resources":{"requests":{"cpu":"10","memory":"64Gi"}})",
       "1 node(s) had untolerated taint(s), 3 Insufficient cpu, 3 Insufficient memory."},
      {"gpu", "", R"(,"resources":{"requests":{"example.com/gpu":"1"}})",
       "1 node(s) had untolerated taint(s), 3 Insufficient example.com/gpu."},
      {"label", R"("nodeSelector":{"no":"such"})", "",
       "1 node(s) had untolerated taint(s), 3 node(s) didn't match Pod's node affinity/selector."},
      {"taint", OnHost("node-d"), "",
       "1 node(s) had untolerated taint(s), 3 node(s) didn't match Pod's node affinity/selector."},
      {"pin",
       R"("affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
          {"matchFields":[{"key":"metadata.name","operator":"In","values":["node-d"]}]}]}}})",
       "",
       "1 node(s) had untolerated taint(s), 3 node(s) didn't satisfy plugin(s) [NodeAffinity]."},
      {"company",
       R"("affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
          {"labelSelector":{"matchLabels":{"app":"none"}},"topologyKey":"kubernetes.io/hostname"}]}})",
       "", "1 node(s) had untolerated taint(s), 3 node(s) didn't match pod affinity rules."},
      {"spread-key",
       R"("topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"rack","whenUnsatisfiable":"DoNotSchedule",
          "labelSelector":{"matchLabels":{"app":"none"}}}])",
       "",
       "1 node(s) had untolerated taint(s), 3 node(s) didn't match pod topology spread constraints "
       "(missing required "
       "label)."},
      {"whole", R"("resources":{"requests":{"cpu":"9"}})", "",
       "1 node(s) had untolerated taint(s), 3 Insufficient cpu."},
  };
  for (const Row& row : rows) {
    Pod(row.name, row.spec, "", row.container);
    EXPECT_EQ(MessageOf(row.name),
              "0/4 nodes are available: " + row.want + std::string(kNotHelpful))
        << row.name;
    EXPECT_EQ(NodeOf(row.name), "");
  }
}

TEST_F(SchedulerTest, SaysWhenThereIsNothingToPreempt) {
  Pod("a", OnHost("node-b"), "", Cpu("3"));
  Pod("p", OnHost("node-b"), "", Cpu("3"));
  EXPECT_EQ(
      MessageOf("p"),
      "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 2 node(s) "
      "didn't match "
      "Pod's node affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are "
      "available: 1 No "
      "preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.");
}

TEST_F(SchedulerTest, DeletesPodsOfLowerPriorityAndWaitsForTheirRoom) {
  api_.Create(
      kPods,
      R"({"metadata":{"name":"low","namespace":"default","finalizers":["example.com/hold"]},"spec":{
      "schedulerName":"default-scheduler","terminationGracePeriodSeconds":0,"nodeSelector":{
      "kubernetes.io/hostname":"node-b"},"containers":[{"name":"app","resources":{"requests":{"cpu":"3"}}}]}})");
  api_.Settle();
  Pod("high", OnHost("node-b") + R"(,"priority":1000)", "", Cpu("3"));
  EXPECT_NE(api_.At(kPods, "default/low", {"metadata", "deletionTimestamp"}), apiserver::Value());
  EXPECT_EQ(api_.At(kPods, "default/high", {"status", "nominatedNodeName"}),
            apiserver::Value("node-b"));
  EXPECT_EQ(MessageOf("high"),
            "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 2 "
            "node(s) didn't match "
            "Pod's node affinity/selector.");
  api_.Patch(kPods, "default/low", R"({"metadata":{"finalizers":null}})");
  api_.Settle();
  EXPECT_EQ(NodeOf("high"), "node-b");
}

TEST_F(SchedulerTest, PrefersTheEmptierNode) {
  Pod("a", OnHost("node-a"), "", Cpu("2"));
  Pod("p", R"("nodeSelector":{"topology.kubernetes.io/zone":"z1"})", "", Cpu("1"));
  EXPECT_EQ(NodeOf("p"), "node-b");
  const SchedulingDecision* decision = scheduler_.LastDecision({"default", "p"});
  ASSERT_NE(decision, nullptr);
  EXPECT_EQ(decision->scores.size(), 2u);
  EXPECT_EQ(decision->refusals.size(), 2u);
}

TEST_F(SchedulerTest, KeepsAwayFromWhoeverIsDisliked) {
  Pod("a", OnHost("node-a"), R"("app":"web")");
  Pod("p",
      R"("nodeSelector":{"topology.kubernetes.io/zone":"z1"},"affinity":{"podAntiAffinity":{
         "preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"podAffinityTerm":{"labelSelector":{
         "matchLabels":{"app":"web"}},"topologyKey":"kubernetes.io/hostname"}}]}})");
  EXPECT_EQ(NodeOf("p"), "node-b");
}

TEST_F(SchedulerTest, SpreadsOverHostsByConstraint) {
  const std::string spread =
      R"("topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":
         "DoNotSchedule","labelSelector":{"matchLabels":{"app":"web"}},"nodeTaintsPolicy":"Honor"}])";
  std::set<std::string> used;
  for (const char* name : {"w1", "w2", "w3"}) {
    Pod(name, spread, R"("app":"web")");
    used.insert(NodeOf(name));
  }
  EXPECT_EQ(used, (std::set<std::string>{"node-a", "node-b", "node-c"}));
}

TEST_F(SchedulerTest, TriesAgainWhenALabelHelps) {
  Pod("p", R"("nodeSelector":{"rack":"7"})");
  EXPECT_EQ(NodeOf("p"), "");
  api_.Patch(kNodes, "node-c", R"({"metadata":{"labels":{"rack":"7"}}})");
  api_.Settle();
  EXPECT_EQ(NodeOf("p"), "node-c");
}

TEST_F(SchedulerTest, TriesAgainWhenANodeJoinsOrAPodGoes) {
  Pod("a", OnHost("node-a"), "", Cpu("3"));
  Pod("b", OnHost("node-a"), "", Cpu("3"));
  Pod("c", OnHost("node-e"), "", Cpu("3"));
  EXPECT_EQ(NodeOf("b") + NodeOf("c"), "");
  Node("node-e", "z1");
  api_.Settle();
  EXPECT_EQ(NodeOf("c"), "node-e");
  api_.Delete(kPods, "default/a", {.grace_period_seconds = 0, .uid = {}, .resource_version = {}});
  api_.Settle();
  EXPECT_EQ(NodeOf("b"), "node-a");
}

TEST_F(SchedulerTest, LeavesGatedPodsAndOthersPodsAlone) {
  Pod("gated", R"("schedulingGates":[{"name":"example.com/one"}])");
  EXPECT_EQ(NodeOf("gated"), "");
  EXPECT_EQ(MessageOf("gated"), "");
  api_.Patch(kPods, "default/gated", R"({"spec":{"schedulingGates":null}})");
  api_.Settle();
  EXPECT_NE(NodeOf("gated"), "");
}

TEST_F(SchedulerTest, PausesWhenABindingFails) {
  int refusals_left = 1;
  api_.handler().SetRefusal(
      [&](const apiserver::Request& request) -> std::optional<apiserver::ApiError> {
        if (request.info.subresource != "binding" || refusals_left-- <= 0) return std::nullopt;
        return apiserver::InternalError("no");
      });
  Pod("p", OnHost("node-a"));
  api_.Settle();
  EXPECT_EQ(NodeOf("p"), "node-a");
}

TEST_F(SchedulerTest, PlacesEquallyWithEqualSeed) {
  const auto place = [](std::uint64_t seed) {
    tests::FakeApi api({.seed = seed});
    Scheduler scheduler(api.kernel(), api.handler(), api.store(), api.hub(), {});
    for (int node = 0; node < 8; ++node) {
      api.Create(kNodes,
                 R"({"metadata":{"name":"n)" + std::to_string(node) +
                     R"("},"status":{"allocatable":{"cpu":"4","memory":"16Gi","pods":"110"}}})");
    }
    std::string places;
    for (int pod = 0; pod < 8; ++pod) {
      const std::string name = "p" + std::to_string(pod);
      api.Create(
          kPods,
          R"({"metadata":{"name":")" + name +
              R"(","namespace":"default"},"spec":{"schedulerName":"default-scheduler","containers":[{}]}})");
      api.Settle();
      places += api.At(kPods, "default/" + name, {"spec", "nodeName"}).as_string().c_str();
    }
    return places;
  };
  EXPECT_EQ(place(1), place(1));
  EXPECT_NE(place(1), place(2));
}

}  // namespace
}  // namespace controllers
