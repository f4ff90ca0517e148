#include "sim/event_queue.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/random.h"

namespace sim {
namespace {

Event MakeEvent(int time, Lane lane, std::uint64_t sequence, Work work = Work::kWork) {
  return {{Time(Duration(time)), lane, sequence}, "test.event", "", [] {}, work, false};
}

TEST(EventQueue, OrdersByTimeThenLaneThenSequence) {
  EventQueue queue;
  queue.Push(MakeEvent(2, Lane::kInput, 1));
  queue.Push(MakeEvent(1, Lane::kNode, 2));
  queue.Push(MakeEvent(1, Lane::kStore, 4));
  queue.Push(MakeEvent(1, Lane::kStore, 3));
  std::vector<std::uint64_t> got;
  while (!queue.empty()) got.push_back(queue.Pop().order.sequence);
  EXPECT_EQ(got, (std::vector<std::uint64_t>{3, 4, 2, 1}));
}

TEST(EventQueue, SeesWorkPastHousekeeping) {
  EventQueue queue;
  EXPECT_EQ(queue.PeekWork(), nullptr);
  queue.Push(MakeEvent(1, Lane::kNode, 1, Work::kHousekeeping));
  EXPECT_EQ(queue.PeekWork(), nullptr);
  queue.Push(MakeEvent(5, Lane::kNode, 2));
  EXPECT_EQ(queue.Peek()->order.sequence, 1u);
  EXPECT_EQ(queue.PeekWork()->order.sequence, 2u);
}

TEST(EventQueue, AnOldIdNamesNothingNew) {
  EventQueue queue;
  const EventId first = queue.Push(MakeEvent(1, Lane::kNode, 1));
  EXPECT_TRUE(queue.Holds(first));
  queue.Pop();
  const EventId second = queue.Push(MakeEvent(1, Lane::kNode, 2));
  EXPECT_EQ(first.slot, second.slot);
  EXPECT_FALSE(queue.Cancel(first));
  EXPECT_TRUE(queue.Cancel(second));
  EXPECT_FALSE(queue.Cancel(second));
  EXPECT_FALSE(queue.Cancel(EventId{}));
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, PostponedEventsKeepTheirId) {
  EventQueue queue;
  const EventId id = queue.Push(MakeEvent(1, Lane::kNode, 1));
  queue.Push(MakeEvent(2, Lane::kNode, 2));
  queue.Postpone(Time(Duration(3)), 3);
  EXPECT_EQ(queue.Peek()->order.sequence, 2u);
  EXPECT_TRUE(queue.Cancel(id));
  EXPECT_EQ(queue.size(), 1u);
}

// Against a plain sorted list, with random pushes, pops and cancellations.
TEST(EventQueue, AgreesWithASortedList) {
  Random random(7);
  EventQueue queue;
  std::vector<std::pair<EventOrder, EventId>> model;
  for (std::uint64_t step = 1; step < 20'000; ++step) {
    const std::int64_t action = random.Uniform(0, 9);
    if (action < 5 || model.empty()) {
      Event event = MakeEvent(static_cast<int>(random.Uniform(0, 50)),
                              static_cast<Lane>(random.Uniform(0, 5)), step,
                              random.Bernoulli(1, 3) ? Work::kHousekeeping : Work::kWork);
      const EventOrder order = event.order;
      model.emplace_back(order, queue.Push(std::move(event)));
    } else if (action < 8) {
      const auto least = std::min_element(model.begin(), model.end(),
                                          [](auto& a, auto& b) { return a.first < b.first; });
      ASSERT_EQ(queue.Pop().order, least->first);
      model.erase(least);
    } else {
      const auto index = static_cast<std::ptrdiff_t>(random.Uniform(0, model.size() - 1));
      ASSERT_TRUE(queue.Cancel(model[index].second));
      model.erase(model.begin() + index);
    }
    ASSERT_EQ(queue.size(), model.size());
  }
}

}  // namespace
}  // namespace sim
