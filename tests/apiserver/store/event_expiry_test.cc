#include "apiserver/store/event_expiry.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

const GroupResource kEvents{"", "events"};

Value Event(std::string_view name, int count = 1) {
  return {{"kind", "Event"}, {"metadata", {{"name", name}, {"namespace", "a"}}}, {"count", count}};
}

TEST(EventExpiry, EventsGoWhenNothingWasWrittenToThemForThatLong) {
  sim::Kernel kernel{sim::KernelOptions{}};
  Store store{kernel, {}};
  EventExpiry expiry{kernel, store, std::chrono::minutes(10)};
  const auto run = [&](int minutes) {
    kernel.RunUntil(kernel.now() + std::chrono::minutes(minutes));
  };
  store.Create(kEvents, Event("old"));
  store.Create(kEvents, Event("kept"));
  store.Create({"", "things"}, Event("other"));
  run(6);
  store.Update(kEvents, Event("kept", 2));
  EXPECT_TRUE(kernel.is_idle()) << "nobody waits for it";
  run(6);
  EXPECT_EQ(store.Find(kEvents, {"a", "old"}), nullptr);
  EXPECT_NE(store.Find(kEvents, {"a", "kept"}), nullptr);
  run(4);
  EXPECT_EQ(store.Count(kEvents), 0U);
  EXPECT_EQ(store.Count({"", "things"}), 1U);
  EXPECT_EQ(kernel.pending_count(), 0U);
}

TEST(EventExpiry, StoredEventsHaveTheirTimeFromTheStart) {
  sim::Kernel kernel{sim::KernelOptions{}};
  Store store{kernel, {}};
  store.Create(kEvents, Event("stored"));
  EventExpiry expiry{kernel, store, std::chrono::minutes(10)};
  expiry.AddStored();
  kernel.RunUntil(kernel.now() + std::chrono::minutes(9));
  EXPECT_EQ(store.Count(kEvents), 1U);
  kernel.RunUntil(kernel.now() + std::chrono::minutes(1));
  EXPECT_EQ(store.Count(kEvents), 0U);
}

}  // namespace
}  // namespace apiserver
