#include "sim/host/processor_share.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim/host/clock.h"

namespace sim {
namespace {

using Move = ShareDecision::Move;
using std::chrono::milliseconds;

struct Row {
  int after;  // Milliseconds since the row before.
  int ran;
  int waited;
  Move want;
};

void Check(const std::vector<Row>& rows) {
  ShareDecision decision;
  WallTime now = std::chrono::hours(5);
  int line = 0;
  for (const Row& row : rows) {
    SCOPED_TRACE(line++);
    now += milliseconds(row.after);
    EXPECT_EQ(decision.Look(now, {milliseconds(row.ran), milliseconds(row.waited)}), row.want);
  }
}

TEST(ShareDecision, ThreadsThatAreAloneStayTogether) {
  Check({{0, 10, 90, Move::kGather},  // How long they waited before says nothing.
         {100, 60, 34, Move::kStay},
         {100, 50, 40, Move::kStay},
         {100, 0, 0, Move::kStay},
         {10'000, 500, 400, Move::kStay}});
}

TEST(ShareDecision, ThoseThatWaitForOthersAreLetGoForAWhile) {
  Check({{0, 0, 0, Move::kGather},
         {100, 50, 41, Move::kLetGo},
         {100, 0, 100, Move::kStay},
         {299, 0, 0, Move::kStay},
         {1, 0, 0, Move::kGather},
         {100, 50, 30, Move::kStay}});
}

TEST(ShareDecision, EachTimeThatTheyCannotStayTheyAreLetGoForLonger) {
  Check({{0, 0, 0, Move::kGather},
         {100, 30, 50, Move::kLetGo},
         {400, 0, 0, Move::kGather},
         {100, 30, 50, Move::kLetGo},
         {799, 0, 0, Move::kStay},
         {1, 0, 0, Move::kGather},
         {100, 30, 0, Move::kStay},  // They could: it begins anew.
         {100, 30, 50, Move::kLetGo},
         {400, 0, 0, Move::kGather}});
  std::vector<Row> rows = {{0, 0, 0, Move::kGather}};
  for (int turn = 0; turn < 8; ++turn) {
    rows.push_back({100, 30, 50, Move::kLetGo});
    rows.push_back({10'000, 0, 0, Move::kGather});  // Never longer than that.
  }
  Check(rows);
}

TEST(ParseProcessorUse, IsTheFirstTwoNumbers) {
  const auto use = ParseProcessorUse("12000 345 6\n");
  ASSERT_TRUE(use);
  EXPECT_EQ(use->ran, WallTime(12000));
  EXPECT_EQ(use->waited, WallTime(345));
  // The system does not count; cut off; not numbers; too large.
  for (const char* text :
       {"0 0 0\n", "12000", "12000 ", "12000 -1 6", "x 1 2", "", "99999999999999999999 1 2"}) {
    EXPECT_FALSE(ParseProcessorUse(text)) << text;
  }
}

int ProcessorsOf(pid_t process) {
  cpu_set_t set;
  return sched_getaffinity(process, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
}

// A process that waits until it is killed; it has begun to.
pid_t StartSleeper() {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  char byte = 'b';
  if (child != 0) {
    EXPECT_EQ(read(ends[0], &byte, 1), 1);
    for (const int end : ends) close(end);
    return child;
  }
  EXPECT_EQ(write(ends[1], &byte, 1), 1);
  for (;;) pause();
}

bool DoesSystemCount() {
  std::ifstream file("/proc/thread-self/schedstat");
  return ParseProcessorUse(std::string(std::istreambuf_iterator<char>(file), {})).has_value();
}

TEST(ProcessorShare, HoldsTheThreadAndItsMembersAndGivesBackWhatTheyHad) {
  if (!DoesSystemCount()) GTEST_SKIP() << "this system does not count how long threads wait";
  const int all = ProcessorsOf(0);
  const pid_t member = StartSleeper();
  ASSERT_GT(member, 0);
  {
    ProcessorShare share;
    share.Look();
    EXPECT_EQ(ProcessorsOf(0), all);  // Nobody to share with.
    share.Add(member);
    share.Look();
    EXPECT_EQ(ProcessorsOf(0), 1);
    EXPECT_EQ(ProcessorsOf(member), 1);
    {
      const UngatheredScope everywhere;
      EXPECT_EQ(ProcessorsOf(0), all);
    }
    EXPECT_EQ(ProcessorsOf(0), 1);
  }
  EXPECT_EQ(ProcessorsOf(0), all);
  EXPECT_EQ(ProcessorsOf(member), all);
  kill(member, SIGKILL);
  waitpid(member, nullptr, 0);
}

TEST(ProcessorShare, OneThatHasChosenItselfKeepsItsProcessor) {
  const int all = ProcessorsOf(0);
  const pid_t member = StartSleeper();
  ASSERT_GT(member, 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(member, sizeof one, &one), 0);
  {
    ProcessorShare share;
    share.Add(member);
    share.Look();
    EXPECT_EQ(ProcessorsOf(0), all);
  }
  EXPECT_EQ(ProcessorsOf(member), 1);
  kill(member, SIGKILL);
  waitpid(member, nullptr, 0);
}

TEST(ProcessorShare, IsLeftWithTheLastMember) {
  if (!DoesSystemCount()) GTEST_SKIP() << "this system does not count how long threads wait";
  const int all = ProcessorsOf(0);
  const pid_t member = StartSleeper();
  ASSERT_GT(member, 0);
  ProcessorShare share;
  share.Add(member);
  share.Look();
  EXPECT_EQ(ProcessorsOf(0), 1);
  share.Remove(member);
  EXPECT_EQ(ProcessorsOf(0), all);
  kill(member, SIGKILL);
  waitpid(member, nullptr, 0);
}

}  // namespace
}  // namespace sim
