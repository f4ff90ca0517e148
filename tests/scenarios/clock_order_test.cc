// What a request to the clock may ask for, and how it is refused.
#include "scenarios/clock/clock_order.h"

#include <gtest/gtest.h>

namespace scenarios {
namespace {

using Kind = ClockOrder::Kind;

TEST(ClockOrder, ReadsOneOrderEach) {
  const struct {
    const char* body;
    Kind kind;
    sim::Duration span;
  } cases[] = {
      {R"({"pause": true})", Kind::kPause, {}},
      {R"({"pace": "x10"})", Kind::kPace, {}},
      {R"({"resume": true})", Kind::kResume, {}},
      {R"({"step": 3, "housekeeping": true})", Kind::kStep, {}},
      {R"({"advance": "1h30m"})", Kind::kAdvance, std::chrono::minutes(90)},
      {R"({"fault": {"node": "a", "kind": "power-loss"}})", Kind::kFault, {}},
      {"advance: 250ms", Kind::kAdvance, std::chrono::milliseconds(250)},
      {R"({"idle": true})", Kind::kIdle, ClockOrder::kDefaultTimeout},
      {R"({"idle": true, "timeout": "5s"})", Kind::kIdle, std::chrono::seconds(5)},
  };
  for (const auto& [body, kind, span] : cases) {
    SCOPED_TRACE(body);
    const auto order = ReadClockOrder(body, {});
    ASSERT_TRUE(order.ok()) << order.error().message;
    EXPECT_EQ(order->kind, kind);
    EXPECT_EQ(order->span, span);
  }
  EXPECT_EQ(ReadClockOrder(R"({"step": 3})", {})->step_count, 3);
  EXPECT_EQ(ReadClockOrder(R"({"pace": "x10"})", {})->pace.factor_milli, 10'000);
}

TEST(ClockOrder, ReadsExpectationsAsScenariosDo) {
  const auto title = [](const std::string& body) {
    const auto order = ReadClockOrder(body, {"widgets.example.com"});
    return order.ok() ? order->step->Title() : order.error().message;
  };
  EXPECT_EQ(title("until: {resource: pods/a, absent: true}"),
            "expect eventually 10m0s: pods/a is gone");
  EXPECT_EQ(title("until: {resource: widgets/a, always: 5m}"), "expect always 5m: widgets/a");
}

TEST(ClockOrder, RefusesWithTheFieldAndTheNearestName) {
  const struct {
    const char* body;
    const char* message;
  } cases[] = {
      {"", "want an object such as {\"advance\": \"1h\"}"},
      {"{}", "want one of pause, pace, resume, step, advance, until, idle, fault and interrupt"},
      {R"({"pause": true, "resume": true})",
       "want one of pause, pace, resume, step, advance, until, idle, fault and interrupt"},
      {R"({"advanc": "1h"})", "advanc: unknown field; did you mean \"advance\"?"},
      {R"({"advance": "1x"})", "advance: want a duration such as 90s, 5m or 1h30m, got \"1x\""},
      {R"({"advance": "2000000h"})", "advance: is at most 175680h0m0s"},
      {R"({"until": {"resource": "pods", "eventually": "2000000h"}})",
       "until.eventually: is at most 175680h0m0s"},
      {R"({"step": 0})", "step: want 1 to 10000"},
      {R"({"fault": {"node": "a", "kind": "power-los"}})",
       "fault.kind: unknown word \"power-los\"; did you mean \"power-loss\"? (have: power-loss "
       "power-return)"},
      {R"({"pace": "slow"})",
       "pace: \"slow\" is no pace of time: real, paused, max, or a factor such as x10 or x0.5"},
      {R"({"until": {"resource": "pdos"}})",
       "until.resource: unknown resource \"pdos\"; did you mean \"pods\"?"},
      {R"({"until": {"resource": "pods", "matchs": {}}})",
       "until.matchs: unknown field; did you mean \"matches\"?"},
  };
  for (const auto& [body, message] : cases) {
    SCOPED_TRACE(body);
    const auto order = ReadClockOrder(body, {});
    ASSERT_FALSE(order.ok());
    EXPECT_EQ(order.error().message, message);
  }
}

}  // namespace
}  // namespace scenarios
