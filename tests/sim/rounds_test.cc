#include "sim/rounds.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

struct FakePort : StillnessPort {
  std::optional<std::uint64_t> StillMark() override { return mark; }
  std::optional<std::uint64_t> mark = 0;
};

Input Request(RoundKey key) {
  std::string bytes = key.target;
  return {"http.request", std::move(bytes), [] {}, std::move(key)};
}

std::string OrderOf(std::vector<Input> round) {
  std::string order;
  for (const Input& input : round) order += input.bytes + " ";
  return order;
}

TEST(Rounds, QuietNeedsTwoEqualObservationsApart) {
  FakePort threads;
  FakePort wire;
  Rounds rounds(nullptr);
  rounds.Attach(0, "operator", {&threads, &wire}, WallTime(0));
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(0)));
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(999)));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(1'000)));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(1'001)));
  // It ran in between.
  threads.mark = 1;
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(5'000)));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(6'000)));
  // A byte is on the wire.
  wire.mark.reset();
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(9'000)));
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(12'000)));
  wire.mark = 0;
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(13'000)));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(14'000)));
}

TEST(Rounds, ARequestIsMovement) {
  FakePort port;
  Rounds rounds(nullptr);
  rounds.Attach(0, "operator", {&port}, WallTime(0));
  rounds.ObserveQuiet(microseconds(0));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(2'000)));
  rounds.Add(Request({.target = "/a"}));
  EXPECT_FALSE(rounds.ObserveQuiet(microseconds(4'000)));
  EXPECT_TRUE(rounds.ObserveQuiet(microseconds(5'000)));
}

TEST(Rounds, AllProgramsMustBeQuiet) {
  FakePort still;
  FakePort moving;
  moving.mark.reset();
  Rounds rounds(nullptr);
  rounds.Attach(0, "still", {&still}, WallTime(0));
  rounds.Attach(1, "moving", {&moving}, WallTime(0));
  rounds.ObserveQuiet(seconds(1));
  EXPECT_FALSE(rounds.ObserveQuiet(seconds(2)));
  EXPECT_EQ(rounds.FindStuck(seconds(61)), std::nullopt);
  EXPECT_EQ(rounds.FindStuck(seconds(62)), "moving");
  rounds.Detach(1);
  EXPECT_EQ(rounds.FindStuck(seconds(62)), std::nullopt);
  EXPECT_TRUE(rounds.ObserveQuiet(seconds(63)));
}

TEST(Rounds, CanonicalOrderIgnoresArrival) {
  const std::vector<RoundKey> keys = {
      {.program = 0, .verb = "GET", .target = "a"},
      {.program = 0, .connection = 1, .verb = "GET", .target = "b"},
      {.program = 0, .connection = 1, .verb = "GET", .target = "c", .body = "1"},
      {.program = 0, .connection = 1, .verb = "GET", .target = "c", .body = "2"},
      {.program = 0, .connection = 1, .verb = "POST", .target = "d"},
      {.program = 1, .verb = "GET", .target = "e"},
  };
  std::vector<std::size_t> arrival = {0, 1, 2, 3, 4, 5};
  Random random(1);
  for (int trial = 0; trial < 50; ++trial) {
    random.Shuffle(arrival);
    Rounds rounds(nullptr);
    for (const std::size_t index : arrival) rounds.Add(Request(keys[index]));
    std::vector<Input> round = rounds.TakeRound();
    for (std::size_t index = 0; index < keys.size(); ++index) {
      EXPECT_EQ(round[index].round, keys[index]);
    }
    EXPECT_FALSE(rounds.has_requests());
  }
}

TEST(Rounds, SeedsOrderThemDifferently) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    for (int trial = 0; trial < 2; ++trial) {
      Random random(seed);
      Rounds rounds(&random);
      for (const char* target : {"a", "b", "c"}) rounds.Add(Request({.target = target}));
      orders.insert(std::to_string(seed) + OrderOf(rounds.TakeRound()));
    }
  }
  // One order per seed, and all six orders of three are met.
  EXPECT_EQ(orders.size(), 30u);
  std::set<std::string> shapes;
  for (const std::string& order : orders) shapes.insert(order.substr(order.size() - 6));
  EXPECT_EQ(shapes.size(), 6u);
}

TEST(Rounds, DetachedProgramsAskNothing) {
  Rounds rounds(nullptr);
  FakePort port;
  rounds.Attach(0, "one", {&port}, WallTime(0));
  rounds.Add(Request({.program = 0, .target = "gone"}));
  rounds.Add(Request({.program = 1, .target = "kept"}));
  rounds.Detach(0);
  EXPECT_EQ(OrderOf(rounds.TakeRound()), "kept ");
}

}  // namespace
}  // namespace sim
