// The controllers together on a small API server, with a node that lets every pod run at once.
#include <gtest/gtest.h>

#include "apiserver/client/resources.h"
#include "controllers/controller_manager.h"
#include "tests/support/fake_api.h"

namespace controllers {
namespace {

using apiserver::ObjectPtr;
using apiserver::TextAt;
using apiserver::Value;

class WorkloadStory : public testing::Test {
 protected:
  WorkloadStory() : WorkloadStory(sim::Duration{}) {}
  explicit WorkloadStory(sim::Duration watch_latency_max)
      : api_(tests::FakeApiOptions{.watch_latency_max = watch_latency_max}),
        manager_(api_.kernel(), api_.handler(), api_.store(), api_.hub(), {}) {
    api_.Create(apiserver::kNamespaces,
                R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"},
                    "spec":{"finalizers":["kubernetes"]}})");
    node_ = api_.hub().Subscribe("node", {"", "pods"}, [this](const apiserver::ChangePtr& change) {
      if (change->type == apiserver::ChangeType::kAdded) OnPod(change->object);
    });
  }

  void OnPod(const ObjectPtr& pod) {
    if (!pods_run_) return;
    const std::string key = pod->meta().key().Text();
    const bool is_of_job =
        pod->meta().Controller() != nullptr && pod->meta().Controller()->kind == "Job";
    api_.kernel().Post(sim::Lane::kNode, "test.run_pod", key, [this, key, is_of_job] {
      if (!api_.Find(apiserver::kPods, key)) return;
      api_.Patch(apiserver::kPods, key,
                 is_of_job ? R"({"status":{"phase":"Succeeded"}})"
                           : R"({"status":{"phase":"Running","conditions":[{"type":"Ready",
                                 "status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}})",
                 "status");
    });
  }

  Value Deployment(std::string image, int replicas) {
    Value value = boost::json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment",
      "metadata":{"name":"web","namespace":"default","generation":1},
      "spec":{"selector":{"matchLabels":{"app":"web"}},"strategy":{"type":"RollingUpdate",
        "rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}},
        "progressDeadlineSeconds":600,"revisionHistoryLimit":10,
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app"}]}}}})");
    value.at("spec").as_object()["replicas"] = replicas;
    value.at_pointer("/spec/template/spec/containers/0").as_object()["image"] = image;
    return value;
  }

  std::string Progress() {
    const Value conditions =
        api_.At(apiserver::kDeployments, "default/web", {"status", "conditions"});
    for (const Value& condition : conditions.as_array()) {
      if (TextAt(condition, {"type"}) == "Progressing")
        return std::string(TextAt(condition, {"reason"}));
    }
    return "";
  }

  bool pods_run_ = true;
  tests::FakeApi api_;
  ControllerManager manager_;
  apiserver::Subscription node_;
};

class WorkloadStoryWithDelays : public WorkloadStory {
 protected:
  WorkloadStoryWithDelays() : WorkloadStory(std::chrono::milliseconds(5)) {}
};

TEST_F(WorkloadStory, ADeploymentRollsOutAndOverToTheNextImage) {
  api_.CreateValue(apiserver::kDeployments, Deployment("app:1", 10));
  api_.Settle();
  EXPECT_EQ(api_.At(apiserver::kDeployments, "default/web", {"status", "availableReplicas"}), 10);
  EXPECT_EQ(Progress(), "NewReplicaSetAvailable");
  EXPECT_EQ(api_.List(apiserver::kPods).size(), 10u);

  api_.Patch(apiserver::kDeployments, "default/web",
             R"({"spec":{"template":{"spec":{"containers":[{"name":"app","image":"app:2"}]}}}})");
  api_.Settle();
  EXPECT_EQ(api_.At(apiserver::kDeployments, "default/web", {"status", "updatedReplicas"}), 10);
  EXPECT_EQ(api_.At(apiserver::kDeployments, "default/web", {"status", "replicas"}), 10);
  EXPECT_EQ(api_.List(apiserver::kReplicaSets).size(), 2u);
  EXPECT_EQ(api_.At(apiserver::kDeployments, "default/web",
                    {"metadata", "annotations", "deployment.kubernetes.io/revision"}),
            "2");
  EXPECT_EQ(api_.List(apiserver::kPods).size(), 10u);
}

TEST_F(WorkloadStoryWithDelays, LateCachesMakeNoPodTwice) {
  api_.CreateValue(apiserver::kDeployments, Deployment("app:1", 50));
  api_.Settle();
  int pods_created = 0;
  for (const std::string& line : api_.handler().log()) {
    pods_created += line.starts_with("create pods") ? 1 : 0;
  }
  EXPECT_EQ(pods_created, 50);
  EXPECT_EQ(api_.At(apiserver::kDeployments, "default/web", {"status", "availableReplicas"}), 50);
}

TEST_F(WorkloadStory, AStuckRolloutMissesItsDeadline) {
  pods_run_ = false;
  api_.CreateValue(apiserver::kDeployments, Deployment("app:1", 2));
  api_.Pass(std::chrono::minutes(9));
  EXPECT_EQ(Progress(), "ReplicaSetUpdated");
  api_.Pass(std::chrono::minutes(2));
  EXPECT_EQ(Progress(), "ProgressDeadlineExceeded");
}

TEST_F(WorkloadStory, QuietObjectsAreNotWrittenAgain) {
  api_.CreateValue(apiserver::kDeployments, Deployment("app:1", 3));
  api_.Settle();
  const auto revision = api_.store().revision();
  api_.Pass(std::chrono::hours(24));
  EXPECT_EQ(api_.store().revision(), revision);
}

TEST_F(WorkloadStory, TheCollectorFollowsAForegroundDeletion) {
  api_.CreateValue(apiserver::kDeployments, Deployment("app:1", 3));
  api_.Settle();
  apiserver::DeleteOptions options;
  options.propagation = apiserver::Propagation::kForeground;
  api_.Delete(apiserver::kDeployments, "default/web", options);
  api_.Settle();
  EXPECT_TRUE(api_.List(apiserver::kDeployments).empty());
  EXPECT_TRUE(api_.List(apiserver::kReplicaSets).empty());
  EXPECT_TRUE(api_.List(apiserver::kPods).empty());
}

TEST_F(WorkloadStory, AJobCountsItsPodsAndCompletes) {
  api_.Create(apiserver::kJobs, R"({"apiVersion":"batch/v1","kind":"Job",
      "metadata":{"name":"work","namespace":"default"},
      "spec":{"completions":5,"parallelism":2,"backoffLimit":6,
        "selector":{"matchLabels":{"job":"work"}},
        "template":{"metadata":{"labels":{"job":"work"}},"spec":{"containers":[]}}}})");
  api_.Settle();
  EXPECT_EQ(api_.At(apiserver::kJobs, "default/work", {"status", "succeeded"}), 5);
  const Value conditions = api_.At(apiserver::kJobs, "default/work", {"status", "conditions"});
  ASSERT_TRUE(conditions.is_array());
  EXPECT_EQ(TextAt(conditions.as_array().back(), {"type"}), "Complete");
  for (const ObjectPtr& pod : api_.List(apiserver::kPods)) {
    EXPECT_TRUE(pod->meta().finalizers.empty()) << pod->meta().name;
  }
}

TEST_F(WorkloadStory, ANamespaceGetsItsDefaultsAndIsEmptied) {
  api_.Settle();
  EXPECT_TRUE(api_.Find(apiserver::kServiceAccounts, "default/default"));
  EXPECT_TRUE(api_.Find(apiserver::kConfigMaps, "default/kube-root-ca.crt"));
}

}  // namespace
}  // namespace controllers
