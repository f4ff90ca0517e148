#include "controllers/disruption/disruption_plan.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

TEST(DisruptionStatus, AllowsWhatIsHealthyBeyondTheDesired) {
  struct Case {
    const char* name;
    const char* spec;
    int pods, scale, healthy;
    int want_expected, want_desired, want_allowed;
  };
  const std::vector<Case> cases = {
      {"maxUnavailable", R"({"maxUnavailable":1})", 3, 3, 3, 3, 2, 1},
      {"maxUnavailable in percent rounds up", R"({"maxUnavailable":"30%"})", 5, 5, 5, 5, 3, 2},
      {"minAvailable counts pods", R"({"minAvailable":1})", 2, 0, 2, 2, 1, 1},
      {"minAvailable in percent", R"({"minAvailable":"50%"})", 3, 3, 3, 3, 2, 1},
      {"nothing to spare", R"({"minAvailable":2})", 2, 0, 2, 2, 2, 0},
      {"unmanaged pods", R"({"maxUnavailable":1})", 1, 0, 1, 0, 0, 0},
      {"no pods", R"({"minAvailable":1})", 0, 0, 0, 0, 1, 0},
  };
  for (const Case& c : cases) {
    const Value budget = Object{{"spec", boost::json::parse(c.spec)}};
    DisruptionCounts counts = CountDisruption(budget, c.pods, c.scale);
    counts.healthy = c.healthy;
    EXPECT_EQ(counts.expected, c.want_expected) << c.name;
    EXPECT_EQ(counts.desired, c.want_desired) << c.name;
    const Value status = DisruptionStatus(budget, ObjectMeta(), counts, {}, sim::Time{});
    EXPECT_EQ(apiserver::IntAt(status, {"disruptionsAllowed"}), c.want_allowed) << c.name;
  }
}

}  // namespace
}  // namespace controllers
