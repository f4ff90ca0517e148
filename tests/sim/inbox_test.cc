#include "sim/inbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sim {
namespace {

TEST(Inbox, DrainsWholeInOrderAndWakesOnce) {
  int wakes = 0;
  Inbox inbox([&wakes] { ++wakes; });
  EXPECT_TRUE(inbox.empty());
  for (const char* bytes : {"a", "b", "c"}) {
    EXPECT_TRUE(inbox.Push({"test.input", bytes, [] {}, std::nullopt}));
  }
  EXPECT_EQ(wakes, 1);
  const std::vector<Input> inputs = inbox.Drain();
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[2].bytes, "c");
  EXPECT_TRUE(inbox.empty());
  EXPECT_TRUE(inbox.Push({"test.input", "d", [] {}, std::nullopt}));
  EXPECT_EQ(wakes, 2);
}

TEST(Inbox, RefusesOnceClosed) {
  Inbox inbox;
  inbox.Push({"test.input", "a", [] {}, std::nullopt});
  inbox.Close();
  EXPECT_FALSE(inbox.Push({"test.input", "b", [] {}, std::nullopt}));
  EXPECT_EQ(inbox.Drain().size(), 1u);
}

TEST(Inbox, LosesNothingOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kInputs = 2'000;
  std::atomic<int> wakes = 0;
  Inbox inbox([&wakes] { ++wakes; });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&inbox, thread] {
      for (int index = 0; index < kInputs; ++index) {
        inbox.Push({"test.input", std::to_string(thread), [] {}, std::nullopt});
      }
    });
  }
  std::map<std::string, int> counts;
  int total = 0;
  while (total < kThreads * kInputs) {
    for (const Input& input : inbox.Drain()) {
      ++counts[input.bytes];
      ++total;
    }
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& [thread, count] : counts) EXPECT_EQ(count, kInputs) << thread;
  EXPECT_GE(wakes, 1);
}

}  // namespace
}  // namespace sim
