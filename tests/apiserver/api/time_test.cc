#include <gtest/gtest.h>

#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""s;

TEST(Time, ReadsAndWritesRfc3339) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
      {"2026-01-01T02:30:00.999+02:30", "2026-01-01T00:00:00Z"},
      {"1969-12-31T23:59:59-00:00", "1969-12-31T23:59:59Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
      {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
  };
  for (const auto& [text, want] : rows) EXPECT_EQ(FormatTime(*ParseTime(text)), want) << text;
  EXPECT_EQ(FormatMicroTime(*ParseMicroTime("2026-01-01T00:00:00.123456Z")),
            "2026-01-01T00:00:00.123456Z");
  EXPECT_EQ(FormatTime(sim::Time(1s)), "1970-01-01T00:00:01Z");
  EXPECT_EQ(FormatMicroTime(sim::Time(-1ns)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(TimeFromText("1970-01-01T00:00:01.5Z"), sim::Time(1500ms));
}

TEST(Time, RefusesWithGosWords) {
  EXPECT_EQ(
      ParseTime("abc").error().message,
      "parsing time \"abc\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"abc\" as \"2006\"");
  EXPECT_EQ(ParseTime("2026-13-01T00:00:00Z").error().message,
            "parsing time \"2026-13-01T00:00:00Z\": month out of range");
  EXPECT_EQ(ParseTime("2026-02-30T00:00:00Z").error().message,
            "parsing time \"2026-02-30T00:00:00Z\": day out of range");
  EXPECT_EQ(
      ParseTime("2026-01-01").error().message,
      "parsing time \"2026-01-01\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"");
  EXPECT_EQ(ParseMicroTime("2026-01-01T00:00:00Z").error().message,
            "parsing time \"2026-01-01T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot "
            "parse \"Z\" as \".000000\"");
  EXPECT_FALSE(ParseMicroTime("2026-01-01T00:00:00.1234567Z").ok());
}

TEST(Duration, GoText) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"0", "0s"},        {"90m", "1h30m0s"},         {"1.5s", "1.5s"},
      {"-2ms", "-2ms"},   {"1h1.001s", "1h0m1.001s"}, {"1500us", "1.5ms"},
      {"100ns", "100ns"}, {".5h", "30m0s"},           {"2540400h10m10s", "2540400h10m10s"}};
  for (const auto& [text, want] : rows) {
    EXPECT_EQ(FormatGoDuration(*ParseGoDuration(text)), want) << text;
  }
  EXPECT_EQ(ParseGoDuration("").error().message, "time: invalid duration \"\"");
  EXPECT_EQ(ParseGoDuration("3").error().message, "time: missing unit in duration \"3\"");
  EXPECT_EQ(ParseGoDuration("3x").error().message, "time: unknown unit \"x\" in duration \"3x\"");
  EXPECT_FALSE(ParseGoDuration("9999999999999h").ok());
}

TEST(Duration, HumanText) {
  const std::vector<std::pair<sim::Duration, std::string>> rows = {
      {-5s, "<invalid>"},  {-1s, "0s"},          {119s, "119s"}, {120s, "2m"},
      {200s, "3m20s"},     {3600s, "60m"},       {3h, "3h"},     {7h + 60s, "7h1m"},
      {47h, "47h"},        {48h, "2d"},          {51h, "2d3h"},  {24h * 400, "400d"},
      {24h * 731, "2y1d"}, {24h * 365 * 9, "9y"}};
  for (const auto& [duration, want] : rows) EXPECT_EQ(HumanDuration(duration), want);
}

}  // namespace
}  // namespace apiserver
