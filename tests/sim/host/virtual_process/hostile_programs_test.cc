// What well-behaved programs do not do: descriptors that are closed and used again, signals in
// every wait, deaths in every wait, births without end.
#include <gtest/gtest.h>

#include "tests/sim/host/virtual_process/run_to_end.h"

namespace sim {
namespace {

using Lines = std::vector<std::string>;

Finished Python(const std::string& name) {
  return RunToEnd({"/usr/bin/python3", std::string(PROGRAMS) + "/" + name + ".py"});
}

TEST(HostileProgramsTest, OneThatClosesAllDescriptorsGoesOn) {
  const Finished finished = Python("closed_descriptors");
  EXPECT_EQ(finished.failure, "");
  EXPECT_EQ(finished.code, 3);
  EXPECT_EQ(finished.seconds, 1000);
}

TEST(HostileProgramsTest, ANumberOfADescriptorThatIsUsedAgainIsAnotherDescriptor) {
  const Finished finished = Python("reused_descriptors");
  ASSERT_EQ(finished.lines.size(), 3U);
  for (const std::string& line : finished.lines) {
    EXPECT_TRUE(line.ends_with("[True] 100")) << line;
    EXPECT_EQ(line.substr(line.find(' '), 2), finished.lines[0].substr(4, 2)) << line;
  }
}

TEST(HostileProgramsTest, SignalsInAWaitDoNotShortenIt) {
  const Finished finished = Python("signals_in_waits");
  EXPECT_EQ(finished.lines, (Lines{"sleep 10.0 3", "select 10.0 3", "poll 10.0 3", "epoll 10.0 3",
                                   "accept 10.0 3", "condition 10.0 3", "sigtimedwait 10.0 3"}));
}

// Those that come while one is pending are one, as everywhere; a timer's are counted by its time.
TEST(HostileProgramsTest, AFloodOfSignalsIsTheSameInEveryRun) {
  EXPECT_EQ(Python("flood_of_signals").lines, (Lines{"7 1", "True 2000"}));
}

TEST(HostileProgramsTest, WhoIsKilledInAWaitIsGoneAndMissed) {
  const Finished finished = Python("killed_in_waits");
  EXPECT_EQ(finished.lines, (Lines{"sleep -9", "read -9", "poll -9", "flock -9", "accept -9",
                                   "pause -9", "join -9"}));
  EXPECT_EQ(finished.seconds, 35);
}

TEST(HostileProgramsTest, BirthsWithoutEndAreEndedAndNamed) {
  const Finished finished = Python("endless_births");
  EXPECT_EQ(finished.signal, SIGKILL);
  EXPECT_EQ(finished.notes, Lines{"made more than 2048 threads and processes: ended"});
}

// The others wait for a time that does not come while one computes.
TEST(HostileProgramsTest, OneThatSpinsWithoutEndIsNamed) {
  const Finished finished = Python("endless_spinning");
  EXPECT_EQ(finished.busy, "python3 (thread 2)");
}

}  // namespace
}  // namespace sim
