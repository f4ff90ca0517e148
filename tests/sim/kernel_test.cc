#include "sim/kernel.h"

#include <gtest/gtest.h>

#include <vector>

namespace sim {
namespace {

using std::chrono::seconds;

constexpr Time kStart{seconds(100)};

KernelOptions Options(std::uint64_t seed = 0) {
  KernelOptions options;
  options.seed = seed;
  options.start = kStart;
  return options;
}

void RunAll(Kernel& kernel) {
  while (kernel.RunNext()) {
  }
}

TEST(Kernel, MovesTimeBetweenEventsOnly) {
  Kernel kernel(Options());
  std::vector<std::int64_t> times;
  const auto note = [&] { times.push_back((kernel.now() - kStart) / seconds(1)); };
  kernel.After(seconds(2), Lane::kNode, "test.late", "", note);
  kernel.After(seconds(1), Lane::kNode, "test.early", "", [&] {
    note();
    kernel.Post(Lane::kStore, "test.posted", "", note);
  });
  RunAll(kernel);
  EXPECT_EQ(times, (std::vector<std::int64_t>{1, 1, 2}));
  EXPECT_EQ(kernel.position(), 3u);
}

TEST(Kernel, HousekeepingPassesOnUntilACommit) {
  for (const bool commits : {false, true}) {
    SCOPED_TRACE(commits);
    Kernel kernel(Options());
    kernel.Post(
        Lane::kNode, "test.heartbeat", "",
        [&kernel, commits] {
          kernel.NoteCommit("lease", Work::kHousekeeping);
          EXPECT_EQ(kernel.current_work(), Work::kHousekeeping);
          if (commits) kernel.NoteCommit("pod", Work::kWork);
          kernel.After(seconds(10), Lane::kNode, "test.next", "", [] {});
        },
        Work::kHousekeeping);
    EXPECT_TRUE(kernel.is_idle());
    kernel.RunNext();
    EXPECT_EQ(kernel.is_idle(), !commits);
    EXPECT_EQ(kernel.NextDue(), kStart + seconds(10));
    EXPECT_EQ(kernel.NextWorkDue().has_value(), commits);
  }
}

TEST(Kernel, ScheduledFromOutsideIsWork) {
  Kernel kernel(Options());
  kernel.Post(Lane::kNode, "test.heartbeat", "", [] {}, Work::kHousekeeping);
  RunAll(kernel);
  kernel.Post(Lane::kNode, "test.step", "", [] {});
  EXPECT_FALSE(kernel.is_idle());
}

// What a small history leaves as digest; each argument changes one thing of it.
struct History {
  std::uint64_t seed = 1;
  Duration delay = seconds(1);
  Lane lane = Lane::kNode;
  std::string_view name = "test.event";
  std::string key = "default/a";
  std::string commit = "commit";
  std::string input = "input";
  int draws = 1;
  bool with_driver_events = false;
};

std::string DigestOf(const History& history) {
  Kernel kernel(Options(history.seed));
  kernel.After(history.delay, history.lane, history.name, history.key, [&] {
    for (int draw = 0; draw < history.draws; ++draw) kernel.Stream("test").Next();
    kernel.NoteCommit(history.commit, Work::kWork);
  });
  if (history.with_driver_events) {
    kernel.driver_queue().Push(
        {{kStart, Lane::kCheck, kernel.NextDriverSequence()}, "driver.check", "", [] {}});
    kernel.AdvanceTo(kStart + history.delay / 2);
    kernel.driver_queue().Pop().run();
  }
  RunAll(kernel);
  kernel.AcceptInput("test.input", history.input, [] {});
  RunAll(kernel);
  return kernel.FinalDigest().Hex();
}

TEST(Kernel, DigestSeesEveryDifferenceAndNoDriverEvent) {
  const std::string want = DigestOf({});
  EXPECT_EQ(DigestOf({}), want);
  EXPECT_EQ(DigestOf({.with_driver_events = true}), want);
  EXPECT_NE(DigestOf({.seed = 2}), want);
  EXPECT_NE(DigestOf({.delay = seconds(2)}), want);
  EXPECT_NE(DigestOf({.lane = Lane::kStore}), want);
  EXPECT_NE(DigestOf({.name = "test.other"}), want);
  EXPECT_NE(DigestOf({.key = "default/b"}), want);
  EXPECT_NE(DigestOf({.commit = "other"}), want);
  EXPECT_NE(DigestOf({.input = "other"}), want);
  EXPECT_NE(DigestOf({.draws = 2}), want);
}

TEST(Kernel, InputsRunBeforeWhatIsDue) {
  Kernel kernel(Options());
  std::string order;
  kernel.Post(Lane::kStore, "test.store", "", [&] { order += "store "; });
  kernel.AcceptInput("test.input", "1", [&] { order += "first "; });
  kernel.AcceptInput("test.input", "2", [&] { order += "second "; });
  RunAll(kernel);
  EXPECT_EQ(order, "first second store ");
}

struct KeptInputs : InputSink {
  void Append(std::uint64_t position, Time time, std::string_view kind,
              std::string_view bytes) override {
    text += std::to_string(position) + " " + std::to_string((time - kStart) / seconds(1)) + " " +
            std::string(kind) + " " + std::string(bytes) + "\n";
  }
  std::string text;
};

TEST(Kernel, InputsAreKeptWithPositionAndTime) {
  Kernel kernel(Options());
  KeptInputs kept;
  kernel.SetInputSink(&kept);
  kernel.Post(Lane::kStore, "test.store", "", [] {});
  kernel.AcceptInput("test.input", "a", [] {});
  RunAll(kernel);
  kernel.AdvanceTo(kStart + seconds(3));
  kernel.AcceptInput("test.input", "b", [] {});
  EXPECT_EQ(kept.text, "0 0 test.input a\n2 3 test.input b\n");
}

// Two events that schedule each other without time moving.
void Fight(Kernel& kernel, std::uint64_t& count) {
  ++count;
  kernel.Post(Lane::kControl, "test.fight", "default/web", [&] { Fight(kernel, count); });
}

TEST(Kernel, GuardPutsOffWhatFeedsItself) {
  Kernel kernel(Options());
  std::string blamed;
  kernel.SetGuardHandler([&](std::string_view name, std::string_view key) {
    blamed = std::string(name) + " " + std::string(key);
    return seconds(1);
  });
  std::uint64_t count = 0;
  kernel.Post(Lane::kControl, "test.start", "", [&] { Fight(kernel, count); });
  // Of many keys none is over the limit.
  for (int index = 0; index < 3'000; ++index) {
    kernel.Post(Lane::kControl, "test.many", std::to_string(index), [] {});
  }
  while (blamed.empty()) ASSERT_TRUE(kernel.RunNext());
  EXPECT_EQ(blamed, "test.fight default/web");
  EXPECT_EQ(count, 1u + Guard::kEventsMax);
  EXPECT_EQ(kernel.NextDue(), kStart + seconds(1));
  kernel.RunNext();
  EXPECT_EQ(count, 2u + Guard::kEventsMax);
}

TEST(Kernel, InputsAndTimeRestartTheGuard) {
  Kernel kernel(Options());
  std::uint64_t count = 0;
  std::function<void()> step = [&] {
    if (++count % 900 == 0) kernel.AcceptInput("test.input", "", [] {});
    if (count < 5'000) kernel.Post(Lane::kControl, "test.step", "", step);
  };
  step();
  for (int index = 0; index < 5'000; ++index) kernel.AcceptInput("test.many", "", [] {});
  RunAll(kernel);
  EXPECT_EQ(count, 5'000u);
}

TEST(KernelDeathTest, GuardWithoutHandlerEndsTheProcess) {
  Kernel kernel(Options());
  std::uint64_t count = 0;
  Fight(kernel, count);
  EXPECT_DEATH(RunAll(kernel), "test.fight");
}

TEST(KernelDeathTest, ChecksSayWhereTheRunWas) {
  Kernel kernel(Options(42));
  kernel.DescribeOnCheckFailure();
  kernel.Post(Lane::kControl, "test.last", "default/web", [] {});
  RunAll(kernel);
  EXPECT_DEATH(kernel.AdvanceTo(kStart - seconds(1)),
               "seed 42, position 1(.|\n)*test.last default/web");
}

TEST(Kernel, KeepsTheLastEvents) {
  Kernel kernel(Options());
  for (std::uint64_t index = 1; index <= Kernel::kLastEventsMax + 10; ++index) {
    kernel.Post(Lane::kControl, "test.event", std::to_string(index), [] {});
  }
  RunAll(kernel);
  const std::vector<EventRecord> events = kernel.LastEvents();
  ASSERT_EQ(events.size(), Kernel::kLastEventsMax);
  EXPECT_EQ(events.front().key, "11");
  EXPECT_EQ(events.back().position, Kernel::kLastEventsMax + 10);
}

TEST(Kernel, RunUntilStopsBetweenEvents) {
  Kernel kernel(Options());
  int ran = 0;
  for (const int delay : {1, 2, 3}) {
    kernel.After(seconds(delay), Lane::kNode, "test.event", "", [&] { ++ran; });
  }
  kernel.RunUntil(kStart + seconds(2));
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(kernel.now(), kStart + seconds(2));
}

}  // namespace
}  // namespace sim
