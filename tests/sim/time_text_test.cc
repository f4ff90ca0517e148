#include "sim/time_text.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(TimeText, IsRfc3339) {
  const struct {
    Duration since_epoch;
    const char* want;
  } cases[] = {
      {seconds(0), "1970-01-01T00:00:00Z"},
      {seconds(1767225600), "2026-01-01T00:00:00Z"},
      {seconds(1709251199) + milliseconds(500), "2024-02-29T23:59:59.5Z"},
      {nanoseconds(1), "1970-01-01T00:00:00.000000001Z"},
      {nanoseconds(-1), "1969-12-31T23:59:59.999999999Z"},
  };
  for (const auto& [since_epoch, want] : cases) {
    EXPECT_EQ(TimeText(Time(since_epoch)), want);
    EXPECT_EQ(TimeOf(CivilTimeOf(Time(since_epoch))), Time(since_epoch));
  }
}

TEST(DurationText, IsAsGoPrintsIt) {
  const struct {
    Duration duration;
    const char* want;
  } cases[] = {
      {seconds(0), "0s"},
      {nanoseconds(1), "1ns"},
      {nanoseconds(1'500), "1.5µs"},
      {milliseconds(20), "20ms"},
      {milliseconds(1'500), "1.5s"},
      {minutes(1), "1m0s"},
      {hours(1) + minutes(30), "1h30m0s"},
      {hours(-25), "-25h0m0s"},
      {Duration::min(), "-2562047h47m16.854775808s"},
  };
  for (const auto& [duration, want] : cases) EXPECT_EQ(DurationText(duration), want);
}

}  // namespace
}  // namespace sim
