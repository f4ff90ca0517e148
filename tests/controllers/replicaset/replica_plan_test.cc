#include "controllers/replicaset/replica_plan.h"

#include <gtest/gtest.h>

#include "controllers/replicaset/replica_status.h"

namespace controllers {
namespace {

const sim::Time kNow{std::chrono::hours(1000)};

struct PodFacts {
  std::string name;
  std::string node = "n1";
  std::string phase = "Running";
  bool is_ready = true;
  int cost = 0;
  int restarts = 0;
};

PodPtr Pod(const PodFacts& facts) {
  Value pod = boost::json::parse(R"({"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{},
      "creationTimestamp":"1970-01-10T00:00:00Z"},"spec":{},"status":{}})");
  pod.at("metadata").as_object()["name"] = facts.name;
  pod.at("metadata").as_object()["uid"] = facts.name;
  pod.at("metadata").at("annotations").as_object()["controller.kubernetes.io/pod-deletion-cost"] =
      std::to_string(facts.cost);
  pod.at("spec").as_object()["nodeName"] = facts.node;
  pod.at("status").as_object()["phase"] = facts.phase;
  Object ready{{"type", "Ready"},
               {"status", facts.is_ready ? "True" : "False"},
               {"lastTransitionTime", "1970-01-10T00:00:10Z"}};
  pod.at("status").as_object()["conditions"] = Array{Value(ready)};
  pod.at("status").as_object()["containerStatuses"] =
      Array{Value(Object{{"restartCount", facts.restarts}})};
  const ObjectPtr object = apiserver::StoredObject::Make(pod, 1);
  return std::make_shared<const PodInformer::Entry>(
      PodInformer::Entry{object, SummarizePod(*object->Peek(), object->meta())});
}

std::vector<std::string> Names(const ReplicaPlan& plan) {
  std::vector<std::string> names;
  for (const PodPtr& pod : plan.deletions) names.push_back(pod->meta().name);
  return names;
}

TEST(PlanReplicas, CreatesWhatIsMissingAtMostABurst) {
  EXPECT_EQ(PlanReplicas(3, {}, {}, kNow).create_count, 3);
  EXPECT_EQ(PlanReplicas(2000, {}, {}, kNow).create_count, kReplicaBurstMax);
}

TEST(PlanReplicas, TakesNegativeCountsForNone) {
  const std::vector<PodPtr> pods{Pod({.name = "a"})};
  EXPECT_EQ(Names(PlanReplicas(-1, pods, {}, kNow)), std::vector<std::string>{"a"});
}

TEST(PlanReplicas, DeletesByRank) {
  struct Case {
    const char* name;
    std::vector<PodFacts> pods;
    PodsPerNode related;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"unassigned first", {{.name = "a"}, {.name = "b", .node = ""}}, {}, "b"},
      {"pending first", {{.name = "a"}, {.name = "b", .phase = "Pending"}}, {}, "b"},
      {"not ready first", {{.name = "a"}, {.name = "b", .is_ready = false}}, {}, "b"},
      {"cheap first", {{.name = "a", .cost = 5}, {.name = "b", .cost = -5}}, {}, "b"},
      {"crowded node first",
       {{.name = "a"}, {.name = "b", .node = "n2"}},
       {{"n1", 1}, {"n2", 3}},
       "b"},
      {"often restarted first", {{.name = "a"}, {.name = "b", .restarts = 4}}, {}, "b"},
      {"ties break by uid", {{.name = "b"}, {.name = "a"}}, {}, "a"},
  };
  for (const Case& c : cases) {
    std::vector<PodPtr> pods;
    for (const PodFacts& facts : c.pods) pods.push_back(Pod(facts));
    EXPECT_EQ(Names(PlanReplicas(1, pods, c.related, kNow)), std::vector<std::string>{c.want})
        << c.name;
  }
}

TEST(ComputeReplicaStatus, LeavesZerosOutButTerminating) {
  ObjectMeta meta;
  meta.generation = 2;
  ReplicaSetSummary summary;
  ReplicaStatusInput input{meta, summary};
  input.now = kNow;
  EXPECT_EQ(ComputeReplicaStatus(input),
            boost::json::parse(R"({"replicas":0,"terminatingReplicas":0,"observedGeneration":2})"));
  const std::vector<PodPtr> pods = {Pod({.name = "a"}), Pod({.name = "b", .is_ready = false})};
  input.active = pods;
  const Value status = ComputeReplicaStatus(input);
  EXPECT_EQ(apiserver::IntAt(status, {"replicas"}), 2);
  EXPECT_EQ(apiserver::IntAt(status, {"readyReplicas"}), 1);
}

TEST(ComputeReplicaStatus, AFailureIsKeptAsItFirstWas) {
  ObjectMeta meta;
  ReplicaSetSummary summary;
  ReplicaStatusInput input{meta, summary};
  input.now = kNow;
  input.failure = ReplicaFailure{"FailedCreate", "quota"};
  const Value first = ComputeReplicaStatus(input);
  EXPECT_EQ(apiserver::TextAt(first.at("conditions").at(0), {"reason"}), "FailedCreate");
  input.old_conditions = &first.at("conditions");
  input.failure->message = "other";
  input.now = kNow + std::chrono::seconds(9);
  EXPECT_EQ(ComputeReplicaStatus(input), first);
  input.failure.reset();
  EXPECT_EQ(apiserver::Find(ComputeReplicaStatus(input), "conditions"), nullptr);
}

}  // namespace
}  // namespace controllers
