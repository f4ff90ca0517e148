#include "sim/fault.h"

#include <gtest/gtest.h>

#include <vector>

namespace sim {
namespace {

TEST(Faults, FireAtTheNthHitAndDisarm) {
  const struct {
    FaultPlan plan;
    std::vector<bool> want;
  } cases[] = {
      {{}, {false, false, false, false}},
      {{.at_hit = 1}, {true, false, false, false}},
      {{.at_hit = 3}, {false, false, true, false}},
      {{.at_hit = 2, .fires_max = 2}, {false, true, true, false}},
      {{.chance_percent = 100, .fires_max = 3}, {true, true, true, false}},
  };
  for (const auto& [plan, want] : cases) {
    Random random(1);
    Faults faults(random);
    EXPECT_FALSE(faults.Hit("store.fsync"));
    faults.Arm("store.fsync", plan);
    std::vector<bool> got;
    for (std::size_t hit = 0; hit < want.size(); ++hit) {
      EXPECT_FALSE(faults.Hit("store.write"));
      got.push_back(faults.Hit("store.fsync"));
    }
    EXPECT_EQ(got, want);
    EXPECT_EQ(faults.hit_count("store.fsync"), want.size() + 1);
    EXPECT_EQ(faults.fire_count("store.fsync"),
              static_cast<std::uint64_t>(std::count(want.begin(), want.end(), true)));
  }
}

TEST(Faults, ChancesComeFromTheStream) {
  std::vector<std::vector<bool>> histories;
  for (const std::uint64_t seed : {1, 1, 2}) {
    Random random(seed);
    Faults faults(random);
    faults.Arm("link.drop", {.chance_percent = 30, .fires_max = 1'000});
    std::vector<bool>& history = histories.emplace_back();
    for (int hit = 0; hit < 1'000; ++hit) history.push_back(faults.Hit("link.drop"));
    EXPECT_NEAR(static_cast<double>(faults.fire_count("link.drop")), 300, 60);
  }
  EXPECT_EQ(histories[0], histories[1]);
  EXPECT_NE(histories[0], histories[2]);
}

}  // namespace
}  // namespace sim
