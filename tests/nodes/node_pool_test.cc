#include "nodes/node_pool.h"

#include <gtest/gtest.h>

#include "tests/support/fake_api.h"

namespace nodes {
namespace {

using apiserver::kLeases;
using apiserver::kNodes;
using apiserver::kPods;

class InstantNodes : public testing::Test {
 protected:
  InstantNodes()
      : pool_(api_.kernel(), api_.handler(), api_.store(), api_.hub(),
              {.behaviour = NodeBehaviour::kInstant}) {}

  std::string Text(const apiserver::GroupVersionResource& resource, std::string_view key,
                   std::initializer_list<std::string_view> path) {
    const apiserver::Value value = api_.At(resource, key, path);
    return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
  }
  void CreatePod(const std::string& name, const std::string& more = {}) {
    api_.Create(
        kPods,
        R"({"metadata":{"name":")" + name + R"(","namespace":"default")" + more +
            R"(},"spec":{"nodeName":"node-1","containers":[{"name":"app","image":"nginx"}]}})");
  }

  tests::FakeApi api_;
  NodePool pool_;
};

TEST_F(InstantNodes, AdoptANodeThatAUserMakesAndKeepWhatItSays) {
  api_.Create(
      kNodes,
      R"({"metadata":{"name":"a"},"status":{"capacity":{"cpu":"4"},"allocatable":{"cpu":"3"}}})");
  api_.Settle();
  EXPECT_EQ(pool_.count(), 1u);
  EXPECT_EQ(Text(kNodes, "a", {"status", "allocatable", "cpu"}), "3");
  EXPECT_EQ(Text(kNodes, "a", {"spec", "podCIDR"}), "10.244.0.0/24");
  const apiserver::Value conditions = api_.At(kNodes, "a", {"status", "conditions"});
  EXPECT_EQ(apiserver::TextAt(conditions.as_array().at(0), {"type"}), "Ready");
  EXPECT_EQ(apiserver::TextAt(conditions.as_array().at(0), {"status"}), "True");
  EXPECT_EQ(Text(kLeases, "kube-node-lease/a", {"spec", "holderIdentity"}), "a");
}

TEST_F(InstantNodes, MakeMachinesOfAModel) {
  ASSERT_TRUE(pool_.CreateMany(2, "small").ok());
  api_.Settle();
  EXPECT_EQ(Text(kNodes, "node-2", {"status", "capacity", "cpu"}), "2");
  EXPECT_EQ(Text(kNodes, "node-2", {"status", "allocatable", "cpu"}), "1930m");
  EXPECT_EQ(Text(kNodes, "node-2", {"metadata", "labels", "node.kubernetes.io/instance-type"}),
            "m5.large");
  const auto refused = pool_.CreateMany(1, "tiny");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(
      refused.error().message,
      "no machine model \"tiny\" (there are arm, gpu, gpu-small, large, medium, small, xlarge)");
}

TEST_F(InstantNodes, RunPodsAtOnceAndLetDeletedOnesGo) {
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  CreatePod("p");
  api_.Settle();
  EXPECT_EQ(Text(kPods, "default/p", {"status", "phase"}), "Running");
  EXPECT_EQ(Text(kPods, "default/p", {"status", "podIP"}), "10.244.0.2");
  EXPECT_EQ(Text(kPods, "default/p", {"status", "hostIP"}), "172.18.0.2");
  api_.Delete(kPods, "default/p");
  api_.Settle();
  EXPECT_EQ(api_.Find(kPods, "default/p"), nullptr);
}

TEST_F(InstantNodes, LetPodsOfJobsSucceed) {
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  CreatePod("j",
            R"(,"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"j","uid":"u"}])");
  api_.Settle();
  EXPECT_EQ(Text(kPods, "default/j", {"status", "phase"}), "Succeeded");
}

TEST_F(InstantNodes, LeaveAPodWithAFinalizerToItsOwner) {
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  CreatePod("p", R"(,"finalizers":["example.com/hold"])");
  api_.Settle();
  api_.Delete(kPods, "default/p");
  api_.Settle();
  ASSERT_NE(api_.Find(kPods, "default/p"), nullptr);
  EXPECT_EQ(Text(kPods, "default/p", {"metadata", "deletionGracePeriodSeconds"}), "0");
}

TEST_F(InstantNodes, RunPodsThatNamedTheNodeBeforeItJoined) {
  CreatePod("early");
  api_.Settle();
  EXPECT_EQ(api_.At(kPods, "default/early", {"status", "phase"}), apiserver::Value());
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  api_.Settle();
  EXPECT_EQ(Text(kPods, "default/early", {"status", "phase"}), "Running");
}

TEST_F(InstantNodes, WithoutPowerStandStillAndCatchUp) {
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  api_.Settle();
  api_.Pass(std::chrono::minutes(1));
  const std::string last_beat = Text(kLeases, "kube-node-lease/node-1", {"spec", "renewTime"});
  EXPECT_TRUE(pool_.PowerLoss("node-1"));
  EXPECT_FALSE(pool_.PowerLoss("node-1"));
  CreatePod("p");
  api_.Pass(std::chrono::minutes(1));
  EXPECT_EQ(Text(kLeases, "kube-node-lease/node-1", {"spec", "renewTime"}), last_beat);
  EXPECT_EQ(api_.At(kPods, "default/p", {"status", "phase"}), apiserver::Value());
  EXPECT_TRUE(pool_.PowerReturn("node-1"));
  api_.Pass(std::chrono::seconds(1));
  EXPECT_EQ(Text(kPods, "default/p", {"status", "phase"}), "Running");
  EXPECT_NE(Text(kLeases, "kube-node-lease/node-1", {"spec", "renewTime"}), last_beat);
}

TEST_F(InstantNodes, BeatEveryTenSecondsAsHousekeeping) {
  ASSERT_TRUE(pool_.CreateMany(1, "small").ok());
  api_.Settle();
  api_.handler().ClearLog();
  api_.Pass(std::chrono::minutes(11));
  std::size_t leases_count = 0;
  std::size_t statuses_count = 0;
  for (const std::string& line : api_.handler().log()) {
    leases_count += line.starts_with("update leases");
    statuses_count += line.starts_with("update nodes/status");
  }
  EXPECT_EQ(leases_count, 66u);
  EXPECT_EQ(statuses_count, 2u);
  EXPECT_TRUE(api_.kernel().is_idle());
}

}  // namespace
}  // namespace nodes
