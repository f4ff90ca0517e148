#include "controllers/framework/event_correlator.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

const sim::Time kStart{std::chrono::hours(1000)};

EventFacts Fact(std::string message) { return {"rs/web", "SuccessfulCreate", "Normal", message}; }

TEST(EventCorrelator, CountsARepeatedEvent) {
  EventCorrelator correlator;
  const CorrelatedEvent first = correlator.Correlate(Fact("a"), kStart);
  EXPECT_EQ(first.existing_name, "");
  correlator.Recorded(first.key, "web.1", "then", 1);
  const CorrelatedEvent second = correlator.Correlate(Fact("a"), kStart);
  EXPECT_EQ(second.existing_name, "web.1");
  EXPECT_EQ(second.first_timestamp, "then");
  EXPECT_EQ(second.count, 2);
}

TEST(EventCorrelator, CombinesTheTenthSimilarEventAndLater) {
  EventCorrelator correlator;
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(correlator.Correlate(Fact(std::to_string(i)), kStart).message, std::to_string(i));
  }
  EXPECT_EQ(correlator.Correlate(Fact("9"), kStart).message, "(combined from similar events): 9");
  EXPECT_EQ(correlator.Correlate(Fact("x"), kStart + std::chrono::minutes(11)).message, "x")
      << "ten minutes later nothing is similar";
}

TEST(EventCorrelator, DropsWhatExceedsTheBurstOfOneObject) {
  EventCorrelator correlator;
  int passed = 0;
  for (int i = 0; i < 40; ++i) passed += correlator.Correlate(Fact("a"), kStart).is_dropped ? 0 : 1;
  EXPECT_EQ(passed, 25);
  EXPECT_FALSE(correlator.Correlate(Fact("a"), kStart + std::chrono::minutes(5)).is_dropped);
  EventFacts other = Fact("a");
  other.object = "rs/other";
  EXPECT_FALSE(correlator.Correlate(other, kStart).is_dropped);
}

}  // namespace
}  // namespace controllers
