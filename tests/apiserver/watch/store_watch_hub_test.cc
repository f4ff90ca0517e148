#include "apiserver/watch/store_watch_hub.h"

#include <gtest/gtest.h>

#include "sim/time_text.h"

namespace apiserver {
namespace {

using std::chrono::milliseconds;

const GroupResource kThings{"", "things"};
const GroupResource kOthers{"", "others"};

Value Thing(std::string_view name, int number = 0) {
  return {{"metadata", {{"name", name}, {"namespace", "n"}}}, {"number", number}};
}

class StoreWatchHubTest : public testing::Test {
 protected:
  Subscription Follow(StoreWatchHub& hub, std::string watcher, std::string& seen) {
    return hub.Subscribe(std::move(watcher), kThings, [&seen](const ChangePtr& change) {
      seen += std::string("AMD")[static_cast<std::size_t>(change->type)];
      seen += change->object->meta().name + std::to_string(change->revision) + " ";
    });
  }
  void RunAll() {
    while (kernel_.RunNext()) {
    }
  }

  sim::Kernel kernel_{sim::KernelOptions{.seed = 1, .incarnation = 0, .start = {}}};
  Store store_{kernel_, {}};
};

TEST_F(StoreWatchHubTest, PresentObjectsComeFirstThenEachChange) {
  StoreWatchHub hub(kernel_, store_);
  store_.Create(kThings, Thing("b"));
  store_.Create(kThings, Thing("a"));
  store_.Create(kOthers, Thing("o"));
  std::string seen;
  const Subscription subscription = Follow(hub, "test", seen);
  EXPECT_EQ(seen, "") << "nothing is delivered inside a call";
  store_.Update(kThings, Thing("a", 1));
  RunAll();
  EXPECT_EQ(seen, "Aa4 Ab1 ");
  seen.clear();
  store_.Create(kThings, Thing("c"));
  store_.Update(kThings, Thing("c", 1));
  store_.Delete(kThings, {"n", "c"});
  store_.Update(kOthers, Thing("o", 1));
  EXPECT_EQ(seen, "");
  EXPECT_EQ(kernel_.pending_count(), 1U) << "one event delivers all";
  RunAll();
  EXPECT_EQ(seen, "Ac5 Mc6 Dc7 ");
}

TEST_F(StoreWatchHubTest, WhatIsNotWantedCostsNoEvent) {
  StoreWatchHub hub(kernel_, store_);
  std::string seen;
  const Subscription subscription = hub.Subscribe(
      "test", kThings, [&](const ChangePtr& change) { seen += change->object->meta().name; },
      [](const Change& change) { return change.object->meta().name == "a"; });
  RunAll();
  store_.Create(kThings, Thing("b"));
  EXPECT_EQ(kernel_.pending_count(), 0U);
  store_.Create(kThings, Thing("a"));
  EXPECT_EQ(kernel_.pending_count(), 1U);
  RunAll();
  EXPECT_EQ(seen, "a");
}

TEST_F(StoreWatchHubTest, ASubscriptionThatEndedSeesNothing) {
  StoreWatchHub hub(kernel_, store_);
  std::string seen;
  {
    const Subscription subscription = Follow(hub, "test", seen);
    RunAll();
    store_.Create(kThings, Thing("a"));
  }
  RunAll();
  EXPECT_EQ(seen, "");
  EXPECT_EQ(hub.watcher_count(), 0U);
  EXPECT_EQ(kernel_.pending_count(), 0U);
}

TEST_F(StoreWatchHubTest, AHandlerMayEndItsOwnSubscription) {
  StoreWatchHub hub(kernel_, store_);
  int count = 0;
  Subscription subscription;
  subscription = hub.Subscribe("test", kThings, [&](const ChangePtr&) {
    ++count;
    subscription = Subscription();
  });
  RunAll();
  store_.Create(kThings, Thing("a"));
  store_.Create(kThings, Thing("b"));
  RunAll();
  EXPECT_EQ(count, 1);
}

TEST_F(StoreWatchHubTest, ASubscriptionMayOutliveItsHub) {
  Subscription subscription;
  std::string seen;
  {
    StoreWatchHub hub(kernel_, store_);
    subscription = Follow(hub, "test", seen);
  }
  store_.Create(kThings, Thing("a"));
  RunAll();
  EXPECT_EQ(seen, "");
}

TEST_F(StoreWatchHubTest, DelaysComeFromTheWatchersOwnStream) {
  StoreWatchHub hub(kernel_, store_, {.latency_max = milliseconds(5)});
  std::string seen_a;
  std::string seen_b;
  const Subscription a = Follow(hub, "a", seen_a);
  const Subscription b = Follow(hub, "b", seen_b);
  RunAll();
  EXPECT_EQ(kernel_.now(), sim::Time{}) << "the first turn comes at once";
  std::set<sim::Time> times;
  for (int number = 0; number < 50; ++number) {
    const sim::Time before = kernel_.now();
    store_.Create(kThings, Thing(std::to_string(number)));
    RunAll();
    EXPECT_LE(kernel_.now() - before, milliseconds(5));
    times.insert(kernel_.now());
  }
  EXPECT_GT(times.size(), 40U);
  EXPECT_EQ(seen_a, seen_b);
}

TEST_F(StoreWatchHubTest, DeliveryIsHousekeepingOnlyWhileAllOfItIs) {
  StoreWatchHub hub(kernel_, store_, {.latency_max = milliseconds(5)});
  std::string seen;
  const Subscription subscription = Follow(hub, "test", seen);
  store_.Create(kThings, Thing("a"));
  RunAll();
  kernel_.Post(
      sim::Lane::kNode, "node.heartbeat", "", [&] { store_.Update(kThings, Thing("a", 1), false); },
      sim::Work::kHousekeeping);
  kernel_.RunNext();
  EXPECT_TRUE(kernel_.is_idle());
  EXPECT_EQ(kernel_.pending_count(), 1U);
  kernel_.Post(sim::Lane::kNode, "test.work", "", [&] { store_.Update(kThings, Thing("a", 2)); });
  kernel_.RunNext();
  EXPECT_FALSE(kernel_.is_idle()) << "the waiting delivery became work";
  EXPECT_EQ(kernel_.pending_count(), 1U);
  RunAll();
  EXPECT_EQ(seen, "Aa1 Ma2 Ma3 ");
}

}  // namespace
}  // namespace apiserver
