// What reports print.
#include <gtest/gtest.h>

#include "apiserver/api/json_write.h"
#include "scenarios/report/machine_reports.h"
#include "scenarios/report/text_report.h"

namespace scenarios {
namespace {

RunReport Failed() {
  RunReport report;
  report.file = "s.yaml";
  report.name = "s";
  report.seed = 3;
  report.ended = sim::Time(std::chrono::seconds(65));
  report.wall = std::chrono::milliseconds(1240);
  report.digest = "abc";
  RunFailure failure{.place = "s.yaml:7", .message = "expect <x>", .time = report.ended};
  failure.found = {"a: want 1, got 2"};
  report.failure = failure;
  return report;
}

TEST(TextReport, Fails) {
  EXPECT_EQ(TextReport(Failed(), false),
            "FAIL s  seed 3  virtual 1m5s  wall 1.24s  digest: abc\n"
            "  s.yaml:7: expect <x>\n"
            "  at 1970-01-01T00:01:05Z, 1m5s after the start, seed 3\n"
            "  found instead:\n"
            "    a: want 1, got 2\n"
            "  again: orrery run s.yaml --seed 3\n");
}

TEST(TextReport, PassesInOneLine) {
  RunReport report = Failed();
  report.failure.reset();
  EXPECT_EQ(TextReport(report, false), "PASS s  seed 3  virtual 1m5s  wall 1.24s  digest: abc\n");
  report.run_count = 3;
  EXPECT_EQ(TextReport(report, false),
            "PASS s  seed 3  virtual 1m5s  wall 1.24s  digest: abc (of all 3 runs)\n");
  EXPECT_EQ(TextReport(report, true).substr(0, 13), "\033[32mPASS\033[0m");
}

TEST(JUnit, EscapesAndCounts) {
  const std::string xml = JUnitReport({Failed()});
  EXPECT_NE(xml.find("tests=\"1\" failures=\"1\" time=\"1.240\""), std::string::npos);
  EXPECT_NE(xml.find("message=\"expect &lt;x&gt;\""), std::string::npos);
}

TEST(Json, HasTheFailure) {
  const std::string json = apiserver::ToJson(JsonReport(Failed()));
  EXPECT_NE(json.find(R"("place":"s.yaml:7")"), std::string::npos);
  EXPECT_NE(json.find(R"("passed":false)"), std::string::npos);
}

TEST(Json, SaysWhereRunsPart) {
  RunReport report = Failed();
  report.failure.reset();
  report.run_count = 2;
  EXPECT_EQ(apiserver::ToJson(JsonReport(report)).find("part"), std::string::npos);
  report.has_differed = true;
  report.parting = {"first: a", "later: b"};
  const std::string json = apiserver::ToJson(JsonReport(report));
  EXPECT_NE(json.find(R"("differed":true)"), std::string::npos);
  EXPECT_NE(json.find(R"("parting":["first: a","later: b"])"), std::string::npos);
}

}  // namespace
}  // namespace scenarios
