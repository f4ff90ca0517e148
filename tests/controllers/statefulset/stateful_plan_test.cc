#include "controllers/statefulset/stateful_plan.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

StatefulPod Pod(int ordinal, std::string revision = "r1", bool is_ready = true) {
  StatefulPod pod;
  pod.ordinal = ordinal;
  pod.revision = std::move(revision);
  pod.is_running_and_ready = is_ready;
  pod.is_available = is_ready;
  return pod;
}

StatefulSetView Set(int replicas) {
  StatefulSetView set;
  set.name = "db";
  set.replicas = replicas;
  set.current_revision = "r1";
  set.update_revision = "r1";
  return set;
}

std::string Text(const std::vector<StatefulStep>& steps) {
  std::string text;
  for (const StatefulStep& step : steps) {
    if (step.action == StatefulAction::kKeep) continue;
    text += (step.action == StatefulAction::kCreate ? "+" : "-") + std::to_string(step.ordinal) +
            step.revision + " ";
  }
  return text;
}

TEST(PlanStatefulSet, TakesOneStepAtATime) {
  struct Case {
    const char* name;
    StatefulSetView set;
    std::vector<StatefulPod> pods;
    std::string want;
  };
  StatefulSetView parallel = Set(3), updating = Set(3), partitioned = Set(3), moved = Set(2),
                  on_delete = Set(1);
  parallel.is_parallel = true;
  updating.update_revision = "r2";
  partitioned.update_revision = "r2";
  partitioned.partition = 2;
  moved.start = 5;
  on_delete.update_revision = "r2";
  on_delete.is_rolling = false;
  StatefulPod finished = Pod(0, "r1", false);
  finished.is_finished = true;
  const std::vector<Case> cases = {
      {"the first", Set(3), {}, "+0r1 "},
      {"the next once ready", Set(3), {Pod(0)}, "+1r1 "},
      {"waits for readiness", Set(3), {Pod(0, "r1", false)}, ""},
      {"parallel: all", parallel, {Pod(1)}, "+0r1 +2r1 "},
      {"highest goes first", Set(1), {Pod(0), Pod(1), Pod(2)}, "-2 "},
      {"update from above", updating, {Pod(0), Pod(1), Pod(2)}, "-2 "},
      {"update waits", updating, {Pod(0), Pod(1), Pod(2, "r2", false)}, ""},
      {"below the partition stays", partitioned, {Pod(0), Pod(1), Pod(2, "r2")}, ""},
      {"created below the partition", partitioned, {}, "+0r1 "},
      {"ordinals start elsewhere", moved, {Pod(5)}, "+6r1 "},
      {"a finished pod is replaced", Set(1), {finished}, "-0 "},
      {"OnDelete leaves old pods", on_delete, {Pod(0)}, ""},
  };
  for (const Case& c : cases) EXPECT_EQ(Text(PlanStatefulSet(c.set, c.pods)), c.want) << c.name;
}

TEST(OrdinalOf, ReadsOnlyTheSetsOwnNames) {
  EXPECT_EQ(OrdinalOf("db", "db-12"), 12);
  EXPECT_EQ(OrdinalOf("db", "db-x"), -1);
  EXPECT_EQ(OrdinalOf("db", "other-1"), -1);
  EXPECT_EQ(OrdinalOf("db", "db-1-2"), -1);
}

}  // namespace
}  // namespace controllers
