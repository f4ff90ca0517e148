#include "sim/log.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

std::string Printed(LogOptions options) {
  testing::internal::CaptureStderr();
  const std::unique_ptr<Log> log = MakeLog(std::move(options));
  log->Debug("test.debug", "one");
  log->Warning("test.warning", "two\nlines");
  return testing::internal::GetCapturedStderr();
}

TEST(Log, StampsVirtualTimeAndKeepsToOneLine) {
  EXPECT_EQ(Printed({LogLevel::kInfo, false, [] { return Time(std::chrono::seconds(1)); }}),
            "warning 1970-01-01T00:00:01Z test.warning two lines\n");
}

TEST(Log, LevelsFilter) {
  EXPECT_EQ(Printed({LogLevel::kDebug, false, {}}),
            "debug test.debug one\nwarning test.warning two lines\n");
  EXPECT_EQ(Printed({LogLevel::kError, false, {}}), "");
  EXPECT_EQ(LogLevelOf("warning"), LogLevel::kWarning);
  EXPECT_EQ(LogLevelOf("loud"), std::nullopt);
}

TEST(Log, ColoursOnlyOnTerminalsThatMayHaveThem) {
  EXPECT_TRUE(WantsColor(true, nullptr));
  EXPECT_TRUE(WantsColor(true, ""));
  EXPECT_FALSE(WantsColor(true, "1"));
  EXPECT_FALSE(WantsColor(false, nullptr));
  EXPECT_NE(Printed({LogLevel::kInfo, true, {}}).find("\033["), std::string::npos);
}

}  // namespace
}  // namespace sim
