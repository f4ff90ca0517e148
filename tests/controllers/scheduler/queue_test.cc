#include "controllers/scheduler/queue.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr sim::Time kStart{std::chrono::hours(1)};

SchedulerPodPtr Pod(const std::string& name, std::int32_t priority = 0,
                    std::vector<std::string> gates = {}) {
  auto pod = std::make_shared<SchedulerPod>();
  pod->key = {"default", name};
  pod->uid = "uid-" + name;
  pod->priority = priority;
  pod->scheduling_gates = std::move(gates);
  return pod;
}

std::string PopName(SchedulingQueue& queue, sim::Time now) {
  const auto popped = queue.Pop(now);
  return popped ? popped->pod->key.name : "";
}

TEST(SchedulingQueue, GivesThePodOfHighestPriorityThenTheOldest) {
  SchedulingQueue queue;
  queue.Set(Pod("young"), kStart + seconds(2), true);
  queue.Set(Pod("old"), kStart, true);
  queue.Set(Pod("second-old"), kStart, true);
  queue.Set(Pod("urgent", 10), kStart + seconds(3), true);
  EXPECT_EQ(PopName(queue, kStart), "urgent");
  EXPECT_EQ(PopName(queue, kStart), "old");
  EXPECT_EQ(PopName(queue, kStart), "second-old");
  EXPECT_EQ(PopName(queue, kStart), "young");
  EXPECT_EQ(PopName(queue, kStart), "");
}

TEST(SchedulingQueue, KeepsWhatDoesNotFitUntilAnEventHelpsOrFiveMinutesPass) {
  SchedulingQueue queue;
  queue.Set(Pod("p"), kStart, true);
  queue.PutBackUnschedulable(*queue.Pop(kStart), kStart);
  EXPECT_FALSE(queue.HasActive(kStart));
  queue.Move([](const QueuedPod&) { return false; }, kStart);
  EXPECT_EQ(queue.unschedulable_count(), 1u);
  EXPECT_EQ(queue.NextDue(), kStart + minutes(5));
  queue.Flush(kStart + minutes(5) - milliseconds(1));
  EXPECT_EQ(queue.unschedulable_count(), 1u);
  queue.Flush(kStart + minutes(5));
  EXPECT_EQ(PopName(queue, kStart + minutes(5)), "p");
}

TEST(SchedulingQueue, PausesLongerAfterEachError) {
  SchedulingQueue queue;
  queue.Set(Pod("p"), kStart, true);
  sim::Time now = kStart;
  for (const int want_seconds : {1, 2, 4, 8, 10, 10}) {
    queue.PutBackError(*queue.Pop(now), now);
    EXPECT_EQ(queue.NextDue(), now + seconds(want_seconds));
    EXPECT_EQ(PopName(queue, now + seconds(want_seconds) - milliseconds(1)), "");
    now += seconds(want_seconds);
    ASSERT_TRUE(queue.HasActive(now));
  }
}

TEST(SchedulingQueue, TriesAPausingPodSoonerWhenNothingElseWaits) {
  SchedulingQueue queue;
  queue.Set(Pod("p"), kStart, true);
  queue.PutBackUnschedulable(*queue.Pop(kStart), kStart);
  queue.Move([](const QueuedPod&) { return true; }, kStart);
  EXPECT_EQ(queue.backoff_count(), 1u);
  queue.Set(Pod("new"), kStart, true);
  EXPECT_EQ(PopName(queue, kStart), "new");
  EXPECT_EQ(PopName(queue, kStart), "p");
}

TEST(SchedulingQueue, HoldsGatedPodsUntilTheLastGateIsGone) {
  SchedulingQueue queue;
  queue.Set(Pod("p", 0, {"a"}), kStart, true);
  queue.Move([](const QueuedPod&) { return true; }, kStart);
  queue.Flush(kStart + minutes(6));
  EXPECT_FALSE(queue.HasActive(kStart + minutes(6)));
  EXPECT_EQ(queue.NextDue(), std::nullopt);
  queue.Set(Pod("p"), kStart + minutes(7), false);
  EXPECT_EQ(PopName(queue, kStart + minutes(7)), "p");
}

TEST(SchedulingQueue, ForgetsRemovedPodsWhereverTheyAre) {
  SchedulingQueue queue;
  queue.Set(Pod("active"), kStart, true);
  queue.Remove("uid-active");
  queue.Set(Pod("shelved"), kStart, true);
  queue.PutBackUnschedulable(*queue.Pop(kStart), kStart);
  queue.Remove("uid-shelved");
  queue.Set(Pod("pausing"), kStart, true);
  queue.PutBackError(*queue.Pop(kStart), kStart);
  queue.Remove("uid-pausing");
  queue.Remove("uid-unknown");
  EXPECT_EQ(queue.NextDue(), std::nullopt);
  EXPECT_FALSE(queue.HasActive(kStart + minutes(10)));
}

}  // namespace
}  // namespace controllers
