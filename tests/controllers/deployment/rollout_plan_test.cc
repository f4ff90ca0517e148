#include "controllers/deployment/rollout_plan.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

RolloutSet Set(int replicas, int available, int age = 0) {
  RolloutSet set;
  set.name = "set-" + std::to_string(age);
  set.replicas = replicas;
  set.status_replicas = replicas;
  set.available_replicas = available;
  set.created = sim::Time{std::chrono::hours(1000 - age)};
  return set;
}

DeploymentView Rolling(int replicas, int max_surge, int max_unavailable) {
  DeploymentView view;
  view.replicas = replicas;
  view.max_surge = max_surge;
  view.max_unavailable = max_unavailable;
  return view;
}

TEST(PlanNewSet, GrowsAsFarAsSurgeAllows) {
  struct Case {
    const char* name;
    DeploymentView deployment;
    std::vector<RolloutSet> old;
    RolloutSet new_set;
    std::optional<int> want;
  };
  const std::vector<Case> cases = {
      {"fresh", Rolling(3, 1, 0), {}, Set(0, 0), 3},
      {"surge of one", Rolling(3, 1, 0), {Set(3, 3, 1)}, Set(0, 0), 1},
      {"no room", Rolling(3, 1, 0), {Set(3, 3, 1)}, Set(1, 0), {}},
      {"done", Rolling(3, 1, 0), {Set(0, 0, 1)}, Set(3, 3), {}},
      {"too large", Rolling(3, 1, 0), {}, Set(5, 5), 3},
      {"never beyond wanted", Rolling(3, 5, 0), {Set(1, 1, 1)}, Set(1, 1), 3},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PlanNewSet(c.deployment, c.old, c.new_set), c.want) << c.name;
  }
}

TEST(PlanOldSets, ShrinksAsFarAsAvailabilityAllows) {
  struct Case {
    const char* name;
    DeploymentView deployment;
    std::vector<RolloutSet> old;
    RolloutSet new_set;
    std::vector<ScaleStep> want;
  };
  const std::vector<Case> cases = {
      {"new not available yet", Rolling(3, 1, 0), {Set(3, 3, 1)}, Set(1, 0), {}},
      {"one for one", Rolling(3, 1, 0), {Set(3, 3, 1)}, Set(1, 1), {{0, 2}}},
      {"unavailable allowed", Rolling(4, 0, 1), {Set(4, 4, 1)}, Set(0, 0), {{0, 3}}},
      {"unhealthy first", Rolling(4, 1, 1), {Set(2, 2, 2), Set(2, 0, 1)}, Set(1, 1), {{1, 0}}},
      {"oldest first", Rolling(4, 1, 0), {Set(2, 2, 1), Set(2, 2, 9)}, Set(1, 1), {{1, 1}}},
      {"nothing left", Rolling(4, 1, 0), {Set(0, 0, 1)}, Set(4, 4), {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PlanOldSets(c.deployment, c.old, c.new_set), c.want) << c.name;
  }
}

TEST(PlanScale, OneActiveSetTakesTheWholeSize) {
  const std::vector<RolloutSet> sets = {Set(0, 0, 2), Set(3, 3, 1)};
  const ScalePlan plan = PlanScale(Rolling(7, 1, 0), sets, 1, false);
  EXPECT_EQ(plan.steps, (std::vector<ScaleStep>{{1, 7}}));
  EXPECT_FALSE(plan.is_annotating);
}

TEST(PlanScale, SeveralActiveSetsGrowInProportion) {
  std::vector<RolloutSet> sets = {Set(8, 8, 2), Set(5, 2, 1)};
  for (RolloutSet& set : sets) set.max_annotation = 13;
  DeploymentView view = Rolling(15, 3, 2);
  view.status_replicas = 13;
  // 18 in all: 8/13 and 5/13 of it, rounded, the rest to the largest.
  const ScalePlan plan = PlanScale(view, sets, 1, false);
  EXPECT_TRUE(plan.is_annotating);
  EXPECT_EQ(plan.steps, (std::vector<ScaleStep>{{0, 11}, {1, 7}}));
}

TEST(PlanScale, ASaturatedNewSetEndsTheOldOnes) {
  const std::vector<RolloutSet> sets = {Set(2, 2, 2), Set(3, 3, 1)};
  EXPECT_EQ(PlanScale(Rolling(3, 1, 0), sets, 1, true).steps, (std::vector<ScaleStep>{{0, 0}}));
}

TEST(PlanHistory, TheLowestRevisionsGoUnlessTheyHoldReplicas) {
  const std::vector<RolloutSet> old = {Set(0, 0, 3), Set(1, 1, 2), Set(0, 0, 1)};
  const std::vector<std::int64_t> revisions = {3, 1, 2};
  EXPECT_EQ(PlanHistory(1, old, revisions, {true, true, true}), (std::vector<std::size_t>{2}));
  EXPECT_EQ(PlanHistory(3, old, revisions, {true, true, true}), std::vector<std::size_t>{});
}

}  // namespace
}  // namespace controllers
