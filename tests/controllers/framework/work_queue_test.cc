#include "controllers/framework/work_queue.h"

#include <gtest/gtest.h>

#include "sim/one_shot.h"

namespace controllers {
namespace {

using apiserver::ObjectKey;
using std::chrono::milliseconds;

const ObjectKey kWeb{"default", "web"};

class WorkQueueTest : public testing::Test {
 protected:
  void Make(std::function<Outcome()> reconcile) {
    queue_ = std::make_unique<WorkQueue>(kernel_, WorkQueueOptions{.event_name = "test.sync"},
                                         [this, reconcile](ObjectKey) {
                                           runs_.push_back(kernel_.now() - sim::Time{});
                                           return sim::Task<Outcome>(reconcile());
                                         });
    queue_->Start();
  }
  void RunFor(sim::Duration duration) { kernel_.RunUntil(kernel_.now() + duration); }

  sim::Kernel kernel_{sim::KernelOptions{}};
  std::unique_ptr<WorkQueue> queue_;
  std::vector<sim::Duration> runs_;
};

TEST_F(WorkQueueTest, ManyAdditionsAreOneRun) {
  Make([] { return Outcome::Done(); });
  for (int i = 0; i < 1000; ++i) queue_->Add(kWeb);
  RunFor(std::chrono::seconds(1));
  EXPECT_EQ(runs_.size(), 1u);
}

TEST_F(WorkQueueTest, RunsOfOneKeyAreSpaced) {
  Make([] { return Outcome::Done(); });
  queue_->Add(kWeb);
  RunFor({});
  queue_->Add(kWeb);
  RunFor(milliseconds(5));
  EXPECT_EQ(runs_, (std::vector<sim::Duration>{{}, milliseconds(1)}));
}

TEST_F(WorkQueueTest, FailuresBackOffAndSuccessForgetsThem) {
  int count = 0;
  Make([&count] { return ++count < 4 ? Outcome::Retry("no") : Outcome::Done(); });
  queue_->Add(kWeb);
  RunFor(std::chrono::seconds(1));
  EXPECT_EQ(runs_,
            (std::vector<sim::Duration>{{}, milliseconds(5), milliseconds(15), milliseconds(35)}));
  EXPECT_EQ(queue_->last_error(), "default/web: no");
}

TEST_F(WorkQueueTest, DoneClearsTheTimerOfAnEarlierRun) {
  int count = 0;
  Make([&count] {
    return ++count == 1 ? Outcome::After(std::chrono::seconds(10)) : Outcome::Done();
  });
  queue_->Add(kWeb);
  RunFor(std::chrono::seconds(1));
  queue_->Add(kWeb);
  RunFor(std::chrono::seconds(60));
  EXPECT_EQ(runs_.size(), 2u);
  EXPECT_EQ(kernel_.pending_count(), 0u);
}

TEST_F(WorkQueueTest, WhatArrivesDuringARunRunsOnceMore) {
  sim::OneShot<Outcome> answer;
  int runs = 0;
  WorkQueue queue(kernel_, WorkQueueOptions{.event_name = "test.sync"},
                  [&](ObjectKey) -> sim::Task<Outcome> {
                    if (++runs > 1) return sim::Task<Outcome>(Outcome::Done());
                    return [](sim::OneShot<Outcome> pending) -> sim::Task<Outcome> {
                      Outcome outcome = co_await pending;
                      co_return outcome;
                    }(answer);
                  });
  queue.Start();
  queue.Add(kWeb);
  RunFor(milliseconds(10));
  queue.Add(kWeb);
  queue.Add(kWeb);
  RunFor(milliseconds(10));
  EXPECT_EQ(runs, 1);
  kernel_.Post(sim::Lane::kControl, "test.answer", "", [&] { answer.Set(Outcome::Done()); });
  RunFor(milliseconds(10));
  EXPECT_EQ(runs, 2);
}

TEST_F(WorkQueueTest, NothingRunsBeforeStart) {
  int runs = 0;
  WorkQueue queue(kernel_, WorkQueueOptions{.event_name = "test.sync"}, [&](ObjectKey) {
    ++runs;
    return sim::Task<Outcome>(Outcome::Done());
  });
  queue.Add(kWeb);
  RunFor(milliseconds(10));
  EXPECT_EQ(runs, 0);
  queue.Start();
  RunFor(milliseconds(10));
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace controllers
