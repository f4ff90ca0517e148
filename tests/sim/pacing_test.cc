#include "sim/pacing.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = PacingDecision::Kind;

constexpr Time kStart{seconds(1000)};

// Seconds after kStart, on both clocks.
PacingView View(int now, int wall, std::optional<int> next_due,
                std::optional<int> next_work_due = std::nullopt) {
  PacingView view;
  view.now = kStart + seconds(now);
  view.wall = seconds(wall);
  if (next_due) view.next_due = kStart + seconds(*next_due);
  if (next_work_due) view.next_work_due = kStart + seconds(*next_work_due);
  return view;
}

PacingDecision Wait(int wall) { return {Kind::kWait, {}, seconds(wall)}; }
PacingDecision Take(int time) { return {Kind::kTakeInputs, kStart + seconds(time), {}}; }
const PacingDecision kRun{Kind::kRunEvent, {}, {}};
const PacingDecision kIdle{Kind::kIdle, {}, {}};

Pacing Make(std::string_view mode) { return Pacing(*ParsePacing(mode), kStart, WallTime(0)); }

TEST(Pacing, OneDecisionEach) {
  const auto with_inputs = [](PacingView view) {
    view.has_inputs = true;
    return view;
  };
  const auto busy = [](PacingView view) {
    view.is_busy = true;
    return view;
  };
  const auto calling = [](PacingView view) {
    view.is_calling_outside = true;
    return view;
  };
  const struct {
    const char* what;
    const char* mode;
    PacingView view;
    PacingDecision want;
  } cases[] = {
      {"nothing to do", "real", View(0, 0, {}), kIdle},
      {"due now", "real", View(0, 0, 0), kRun},
      {"due later", "real", View(0, 0, 5), Wait(5)},
      {"due by the wall clock", "real", View(0, 5, 5), kRun},
      {"an input takes time to the wall clock", "real", with_inputs(View(0, 3, 5)), Take(3)},
      {"but not past an event", "real", with_inputs(View(0, 8, 5)), Take(5)},
      {"time stands while a program is busy", "real", busy(View(0, 8, 5)), kIdle},
      {"but this instant is worked off", "real", busy(View(5, 8, 5)), kRun},
      {"ten times as fast", "x10", View(0, 2, 20), kRun},
      {"ten times as fast, later", "x10", View(0, 2, 30), Wait(3)},
      {"half as fast", "x0.5", View(0, 2, 2), Wait(4)},
      {"paused", "paused", View(0, 9, 1), kIdle},
      {"paused, at this instant", "paused", View(0, 9, 0), kRun},
      {"paused, with inputs", "paused", with_inputs(View(0, 9, 5)), Take(0)},
      {"max jumps to work", "max", View(0, 0, 9, 9), kRun},
      {"max runs housekeeping on the way", "max", View(0, 0, 5, 9), kRun},
      {"max with housekeeping only", "max", View(0, 0, 9), Wait(9)},
      {"max takes inputs first", "max", with_inputs(View(0, 0, 9, 9)), Take(0)},
      {"max waits for programs", "max", busy(View(0, 0, 9, 9)), kIdle},
      {"max leaves callees time", "max", calling(View(0, 0, 9, 9)), Wait(9)},
      {"max, an hour on", "max", View(0, 0, 3600, 3600), kRun},
      {"max, more than an hour on", "max", View(0, 0, 3601, 3601), Wait(3601)},
  };
  for (const auto& [what, mode, view, want] : cases) {
    SCOPED_TRACE(what);
    Pacing pacing = Make(mode);
    const PacingDecision got = pacing.Decide(view);
    EXPECT_EQ(got.kind, want.kind);
    EXPECT_EQ(got.time, want.time);
    EXPECT_EQ(got.wall, want.wall);
  }
}

TEST(Pacing, AnAdvanceRunsAtAnyPaceAndLeavesItWhereItWas) {
  for (const char* mode : {"real", "x10", "max", "paused"}) {
    SCOPED_TRACE(mode);
    Pacing pacing = Make(mode);
    pacing.AdvanceTo(kStart + seconds(3600));
    EXPECT_EQ(pacing.Decide(View(0, 1, 3000)), kRun);
    const PacingDecision reached = pacing.Decide(View(3000, 1, 4000));
    EXPECT_EQ(reached.kind, Kind::kAdvance);
    EXPECT_EQ(reached.time, kStart + seconds(3600));
    EXPECT_FALSE(pacing.is_advancing());
  }
  Pacing real = Make("real");
  real.AdvanceTo(kStart + seconds(3600));
  real.Decide(View(0, 1, {}));
  // An hour later by the cluster's clock, and from there with the wall clock.
  EXPECT_EQ(real.Decide(View(3600, 1, 3605)), Wait(6));
}

TEST(Pacing, AnAdvanceThatIsEndedStandsWhereItIs) {
  Pacing pacing = Make("paused");
  pacing.AdvanceTo(kStart + seconds(3600));
  EXPECT_EQ(pacing.Decide(View(0, 1, 10)), kRun);
  pacing.EndAdvance(kStart + seconds(10), seconds(1));
  EXPECT_EQ(pacing.Decide(View(10, 1, 20)), kIdle);
}

TEST(Pacing, UnboundedNeverWaits) {
  Pacing pacing(PacingMode{Pace::kUnbounded}, kStart, WallTime(0));
  EXPECT_EQ(pacing.Decide(View(0, 0, 1'000'000)), kRun);
  EXPECT_EQ(pacing.Decide(View(0, 0, {})), kIdle);
}

TEST(Pacing, BusySpansDoNotCount) {
  Pacing pacing = Make("real");
  EXPECT_EQ(pacing.Decide(View(0, 0, 10)), Wait(10));
  PacingView busy = View(2, 2, 10);
  busy.is_busy = true;
  pacing.Decide(busy);
  busy.wall = seconds(20);
  EXPECT_EQ(pacing.Decide(busy), kIdle);
  // Quiet again, noticed at 25: eight seconds are left.
  EXPECT_EQ(pacing.Decide(View(2, 25, 10)), Wait(33));
}

// A program that stirs at every wake-up must not keep time from passing.
TEST(Pacing, QuietSpansBeforeBusyOnesCount) {
  Pacing pacing = Make("real");
  EXPECT_EQ(pacing.Decide(View(0, 0, 10)), Wait(10));
  PacingView busy = View(0, 10, 10);
  busy.is_busy = true;
  EXPECT_EQ(pacing.Decide(busy), kIdle);
  // An event that an input makes for this instant takes nothing of it away.
  PacingView round = View(0, 11, 0);
  round.is_busy = true;
  EXPECT_EQ(pacing.Decide(round), kRun);
  EXPECT_EQ(pacing.Decide(View(0, 12, 10)), kRun);
}

TEST(Pacing, MaxFollowsTheWallClockFromWhereItRanOutOfWork) {
  Pacing pacing = Make("max");
  EXPECT_EQ(pacing.Decide(View(0, 0, 50, 50)), kRun);
  // At 50 there is a heartbeat every ten seconds and no work.
  EXPECT_EQ(pacing.Decide(View(50, 1, 60)), Wait(11));
  EXPECT_EQ(pacing.Decide(View(50, 11, 60)), kRun);
  EXPECT_EQ(pacing.Decide(View(60, 11, 70)), Wait(21));
  // An input five seconds on, which makes work for later: it jumps again.
  PacingView input = View(60, 16, 70);
  input.has_inputs = true;
  EXPECT_EQ(pacing.Decide(input), Take(65));
  pacing.NoteInput(kStart + seconds(65));
  EXPECT_EQ(pacing.Decide(View(65, 16, 70, 3600)), kRun);
  EXPECT_EQ(pacing.Decide(View(3600, 17, 3610)), Wait(27));
}

TEST(Pacing, MaxStopsJumpingAnHourAfterTheLastInput) {
  Pacing pacing = Make("max");
  EXPECT_EQ(pacing.Decide(View(3000, 0, 3700, 3700)), Wait(700));
  pacing.NoteInput(kStart + seconds(3000));
  EXPECT_EQ(pacing.Decide(View(3000, 1, 3700, 3700)), kRun);
}

TEST(Pacing, AdvanceRunsToItsEndAndStandsAgain) {
  Pacing pacing = Make("paused");
  pacing.AdvanceTo(kStart + seconds(10));
  EXPECT_EQ(pacing.Decide(View(0, 0, 4)), kRun);
  EXPECT_EQ(pacing.Decide(View(4, 0, 12)),
            (PacingDecision{Kind::kAdvance, kStart + seconds(10), {}}));
  EXPECT_FALSE(pacing.is_advancing());
  EXPECT_EQ(pacing.Decide(View(10, 99, 12)), kIdle);
}

TEST(Pacing, ResumingStartsFromHere) {
  Pacing pacing = Make("paused");
  EXPECT_EQ(pacing.Decide(View(0, 100, 5)), kIdle);
  pacing.SetMode(*ParsePacing("real"), kStart, seconds(100));
  EXPECT_EQ(pacing.Decide(View(0, 100, 5)), Wait(105));
}

TEST(Pacing, SurvivesYears) {
  Pacing pacing = Make("x1000000");
  PacingView view = View(0, 0, {});
  view.wall = hours(24 * 365 * 100);
  view.has_inputs = true;
  EXPECT_EQ(pacing.Decide(view).kind, Kind::kTakeInputs);
}

TEST(ParsePacing, KnowsItsWords) {
  for (const char* text : {"real", "paused", "max", "x10", "x0.5", "x1.125", "x0.001"}) {
    const Result<PacingMode> mode = ParsePacing(text);
    ASSERT_TRUE(mode.ok()) << text;
    EXPECT_EQ(PacingText(*mode), text);
  }
  EXPECT_EQ(PacingText(*ParsePacing("x1")), "real");
  for (const char* text : {"", "x", "10", "x0", "x-1", "x1.", "x.5", "x1.2345", "x1e3", "Real",
                           "x99999999999999999999", "x1.2.3"}) {
    const Result<PacingMode> mode = ParsePacing(text);
    ASSERT_FALSE(mode.ok()) << text;
    EXPECT_NE(mode.error().message.find("real, paused, max"), std::string::npos);
  }
}

}  // namespace
}  // namespace sim
