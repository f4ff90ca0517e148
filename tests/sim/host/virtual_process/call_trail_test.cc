#include "sim/host/virtual_process/call_trail.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

namespace sim::virtual_process {
namespace {

CallRecord Sleep(std::uint32_t thread, std::int64_t time) {
  return {.time = time,
          .argument = 1,
          .thread = thread,
          .call = SYS_epoll_wait,
          .result = CallRecord::Result::kHold};
}

class CallTrailTest : public testing::Test {
 protected:
  ~CallTrailTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::vector<CallRecord>& records) {
    std::filesystem::create_directory(folder_);
    const std::string path = folder_ + "/" + name;
    CallTrail trail(path);
    for (const CallRecord& record : records) trail.Add(record);
    return path;
  }

  const std::string folder_ = testing::TempDir() + "call-trail-" + std::to_string(getpid());
};

TEST_F(CallTrailTest, EqualOnesDoNotPart) {
  const std::vector<CallRecord> records = {Sleep(0, 1), Sleep(1, 2)};
  const TrailParting parting = CompareTrails(Write("first", records), Write("later", records));
  EXPECT_TRUE(parting.lines.empty());
  EXPECT_EQ(parting.time, INT64_MAX);
}

TEST_F(CallTrailTest, NamesTheThreadAndTheCallAtWhichTheyPart) {
  const std::string first = Write("first", {Sleep(0, 1), Sleep(1, 2'000'000'005)});
  const std::string later = Write("later", {Sleep(0, 1), Sleep(2, 2'000'000'007)});
  const TrailParting parting = CompareTrails(first, later);
  EXPECT_EQ(parting.time, 2'000'000'005);
  EXPECT_EQ(parting.lines,
            (std::vector<std::string>{
                "both:  1970-01-01T00:00:00.000000001Z  thread 0: epoll_wait(1, ...) waits",
                "first: 1970-01-01T00:00:02.000000005Z  thread 1: epoll_wait(1, ...) waits",
                "later: 1970-01-01T00:00:02.000000007Z  thread 2: epoll_wait(1, ...) waits"}));
}

TEST_F(CallTrailTest, ShowsThreeOfWhatBothHaveAndOfEach) {
  std::vector<CallRecord> first;
  for (std::int64_t time = 0; time < 10; ++time) first.push_back(Sleep(0, time));
  std::vector<CallRecord> later = first;
  for (std::size_t at = 5; at < later.size(); ++at) later[at].thread = 1;
  const std::vector<std::string> lines =
      CompareTrails(Write("first", first), Write("later", later)).lines;
  std::string times;
  for (const std::string& line : lines) times += line.substr(0, 1) + line.substr(35, 2);
  EXPECT_EQ(times, "b2Zb3Zb4Zf5Zf6Zf7Zl5Zl6Zl7Z");
}

TEST_F(CallTrailTest, OneThatGoesOnFurtherParts) {
  const std::string first = Write("first", {Sleep(0, 1)});
  const std::string later = Write("later", {Sleep(0, 1), Sleep(0, 3)});
  const TrailParting parting = CompareTrails(first, later);
  EXPECT_EQ(parting.time, 3);
  EXPECT_EQ(parting.lines.at(1), "first: (nothing more)");
  // A program that was never started in one run.
  EXPECT_EQ(CompareTrails(first, folder_ + "/none").lines.back(), "later: (nothing more)");
}

}  // namespace
}  // namespace sim::virtual_process
