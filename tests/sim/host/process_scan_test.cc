#include "sim/host/process_scan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/host/child_process.h"
#include "sim/host/driver.h"

namespace sim {
namespace {

TEST(ParseThreadStatus, ReadsWhatTheKernelWrites) {
  const char* status =
      "Name:\tpython3\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t10\nPid:\t12\nPPid:\t1\n"
      "voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t7\n";
  EXPECT_EQ(ParseThreadStatus(status), (ThreadSample{12, 'S', 157}));
  for (const char* broken : {"", "Pid:\t12\n", "State:\t\nPid:\t1\n", "Pid:\tx\nState:\tS\n"}) {
    EXPECT_EQ(ParseThreadStatus(broken), std::nullopt) << broken;
  }
}

TEST(ParseProcessParent, SkipsAnyName) {
  EXPECT_EQ(ParseProcessParent("42 (a b) S 7) R 5 9 9 0"), (ProcessParent{42, 5, 9}));
  for (const char* broken : {"", "42", "42 (name", "42 (name)", "42 (name) S", "x (name) S 1 2"}) {
    EXPECT_EQ(ParseProcessParent(broken), std::nullopt) << broken;
  }
}

TEST(DescendantsOf, FollowsParentsAndTheGroup) {
  const std::vector<ProcessParent> table = {
      {30, 20, 30}, {10, 1, 10}, {20, 10, 10}, {40, 1, 10}, {50, 1, 50}, {5, 30, 30},
  };
  EXPECT_EQ(DescendantsOf(10, table), (std::vector<pid_t>{5, 10, 20, 30, 40}));
  EXPECT_EQ(DescendantsOf(50, table), (std::vector<pid_t>{50}));
}

TEST(StillMarkOf, OnlySleepersAreStill) {
  const std::vector<ThreadSample> still = {{1, 'S', 5}, {2, 'Z', 7}};
  ASSERT_TRUE(StillMarkOf(still).has_value());
  EXPECT_NE(StillMarkOf(still), StillMarkOf(std::vector<ThreadSample>{{1, 'S', 6}, {2, 'Z', 7}}));
  EXPECT_NE(StillMarkOf(still), StillMarkOf(std::vector<ThreadSample>{{1, 'S', 5}}));
  for (const char state : {'R', 'D', 'T', 't'}) {
    EXPECT_EQ(StillMarkOf(std::vector<ThreadSample>{{1, 'S', 5}, {2, state, 1}}), std::nullopt);
  }
  EXPECT_TRUE(StillMarkOf({}).has_value());
}

TEST(ScanProcessTree, SeesThisThread) {
  const std::vector<ThreadSample> samples = ScanProcessTree(getpid());
  ASSERT_FALSE(samples.empty());
  EXPECT_EQ(samples.front().thread, getpid());
  EXPECT_EQ(samples.front().state, 'R');
}

// The program of a scenario that waits for input gets quiet, with its children.
TEST(ProcessTreePort, AWaitingProgramGetsQuiet) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kUnbounded});
  auto child =
      ChildProcess::Start(driver.loop(), {{"sh", "-c", "sleep 1000 & sleep 1000"}, {}, {}}, {});
  ASSERT_TRUE(child.ok()) << child.error().message;
  ProcessTreePort port((*child)->pid());
  Rounds rounds(nullptr);
  rounds.Attach(0, "sleeper", {&port}, WallTime(0));
  driver.SetRounds(&rounds, nullptr);
  bool ran = false;
  kernel.After(std::chrono::hours(1), Lane::kControl, "test.later", "", [&] { ran = true; });
  EXPECT_EQ(driver.Run([&] { return ran; }), StopReason::kDone);
  EXPECT_TRUE((*child)->is_running());
}

}  // namespace
}  // namespace sim
