#include "sim/virtual_turns.h"

#include <gtest/gtest.h>

#include <vector>

namespace sim {
namespace {

using Kind = VirtualTurn::Kind;

Time At(std::int64_t nanoseconds) { return Time(Duration(nanoseconds)); }

VirtualProgramView Waiting(std::optional<std::int64_t> deadline) {
  VirtualProgramView view;
  if (deadline) view.deadline = At(*deadline);
  return view;
}

VirtualTurn Plan(const std::vector<VirtualProgramView>& programs, std::optional<std::int64_t> due) {
  return PlanTurn(programs, At(100), due ? std::optional(At(*due)) : std::nullopt);
}

TEST(VirtualTurns, NobodyRunsBesideAnother) {
  VirtualProgramView busy;
  busy.is_quiet = false;
  EXPECT_EQ(Plan({Waiting(50), busy}, 200).kind, Kind::kWait);
}

TEST(VirtualTurns, TheEarliestRunsUpToWhatComesNext) {
  EXPECT_EQ(Plan({Waiting(150), Waiting(120)}, 200), (VirtualTurn{Kind::kRun, 1, At(150)}));
  EXPECT_EQ(Plan({Waiting(150), Waiting(std::nullopt)}, 200),
            (VirtualTurn{Kind::kRun, 0, At(199)}));
  EXPECT_EQ(Plan({Waiting(150)}, std::nullopt), (VirtualTurn{Kind::kRun, 0, Time::max()}));
}

TEST(VirtualTurns, TheFirstOfEqualsHasItsTurnFirst) {
  EXPECT_EQ(Plan({Waiting(150), Waiting(150)}, 200), (VirtualTurn{Kind::kRun, 0, At(150)}));
}

TEST(VirtualTurns, TheKernelComesFirstAtOneInstant) {
  EXPECT_EQ(Plan({Waiting(150)}, 150).kind, Kind::kNone);
  EXPECT_EQ(Plan({Waiting(151)}, 150).kind, Kind::kNone);
  EXPECT_EQ(Plan({}, 150).kind, Kind::kNone);
  // What is due has waited for the kernel already.
  EXPECT_EQ(Plan({Waiting(100)}, 100), (VirtualTurn{Kind::kRun, 0, At(100)}));
}

TEST(VirtualTurns, NewsIsForNow) {
  VirtualProgramView news = Waiting(500);
  news.has_news = true;
  EXPECT_EQ(Plan({Waiting(110), news}, 200), (VirtualTurn{Kind::kRun, 1, At(110)}));
}

TEST(VirtualTurns, AFrozenProgramHasNoTurn) {
  VirtualProgramView frozen = Waiting(110);
  frozen.is_frozen = true;
  frozen.has_news = true;
  EXPECT_EQ(Plan({frozen, Waiting(150)}, 200), (VirtualTurn{Kind::kRun, 1, At(199)}));
  EXPECT_EQ(Plan({frozen}, 200).kind, Kind::kNone);
}

}  // namespace
}  // namespace sim
