// The decisions of a supervisor as tables: who runs next, who is woken, what is due.
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include "sim/host/virtual_process/blocking_calls.h"
#include "sim/host/virtual_process/clock_page.h"
#include "sim/host/virtual_process/futex_table.h"
#include "sim/host/virtual_process/spin_watch.h"
#include "sim/host/virtual_process/thread_order.h"
#include "sim/host/virtual_process/timer_table.h"
#include "sim/host/virtual_process/tree.h"

namespace sim::virtual_process {
namespace {

std::vector<int> TakeAll(ThreadOrder& order) {
  std::vector<int> taken;
  while (const auto next = order.Take()) taken.push_back(*next);
  return taken;
}

TEST(ThreadOrder, SeedZeroIsFirstComeFirstServed) {
  ThreadOrder order(0);
  for (const int thread : {3, 1, 2, 1}) order.Add(thread);
  EXPECT_EQ(TakeAll(order), (std::vector<int>{3, 1, 2}));
  EXPECT_TRUE(order.empty());
}

TEST(SpinWatch, OneThatComesBackToTheSameStateSpins) {
  SpinWatch watch;
  SpinState state;
  EXPECT_FALSE(watch.Add(state));
  state.registers.rip = 8;
  EXPECT_FALSE(watch.Add(state));
  state.registers.rip = 0;
  state.registers.eflags = 1 << 16;
  EXPECT_FALSE(watch.Add(state));
  state.stack.back() = 1;
  EXPECT_FALSE(watch.Add(state)) << "what it counts lies on its stack";
  state.stack.back() = 0;
  EXPECT_TRUE(watch.Add(state)) << "for the third time, whether it stopped by itself or not";
  watch.Reset();
  EXPECT_FALSE(watch.Add(state)) << "another turn";
}

// One that waits for a processor is seen in one state, however often it is looked at.
TEST(SpinWatch, OneThatHasNotRunSinceIsNotLookedAtAgain) {
  SpinWatch watch;
  EXPECT_FALSE(watch.WantsSample(SpinWatch::kBegin - 1));
  EXPECT_TRUE(watch.WantsSample(SpinWatch::kBegin + 7));
  EXPECT_FALSE(watch.WantsSample(SpinWatch::kBegin + 7));
  EXPECT_FALSE(watch.WantsSample(SpinWatch::kBegin + 6 + SpinWatch::kBetween));
  EXPECT_TRUE(watch.WantsSample(SpinWatch::kBegin + 7 + SpinWatch::kBetween));
  watch.Reset();
  EXPECT_TRUE(watch.WantsSample(SpinWatch::kBegin)) << "another turn";
}

// A fork begins again each time: of one that takes long half of the time is lost, no more.
TEST(SpinWatch, OneInACallIsLookedAtLessAndLess) {
  SpinWatch watch;
  std::int64_t used = SpinWatch::kBegin;
  std::int64_t between = SpinWatch::kBetween;
  for (int looks = 0; looks < 5; ++looks) {
    ASSERT_TRUE(watch.WantsSample(used));
    watch.Postpone();
    EXPECT_FALSE(watch.WantsSample(used + between - 1));
    used += between;
    between *= 2;
  }
  watch.Reset();
  EXPECT_TRUE(watch.WantsSample(SpinWatch::kBegin)) << "another turn";
  EXPECT_TRUE(watch.WantsSample(SpinWatch::kBegin + SpinWatch::kBetween));
}

TEST(SpinWatch, OneThatCountsComputes) {
  SpinWatch watch;
  SpinState state;
  for (std::int64_t used = SpinWatch::kBegin; watch.WantsSample(used);
       used += SpinWatch::kBetween) {
    ++state.registers.rcx;
    EXPECT_FALSE(watch.Add(state));
  }
  EXPECT_EQ(state.registers.rcx, SpinWatch::kSamplesMax);
}

// A machine that is frozen for a while ends calls without a signal: they begin anew.
TEST(Thread, KnowsTheCallThatItIsInWhenItBeginsAnew) {
  seccomp_notif call{};
  call.data.nr = SYS_futex;
  call.data.args[0] = 4096;
  seccomp_notif again = call;
  again.id = 7;
  Thread thread;
  thread.call = call;
  thread.has_call = true;
  for (const auto state : {Thread::State::kHeld, Thread::State::kWaitsForTurn}) {
    thread.state = state;
    EXPECT_TRUE(thread.IsSameCall(again));
  }
  again.data.args[0] = 8192;
  EXPECT_FALSE(thread.IsSameCall(again)) << "another call";
  thread.is_stopped = true;
  EXPECT_FALSE(thread.IsSameCall(call)) << "it was stopped by a signal";
  thread.is_stopped = false;
  thread.state = Thread::State::kRunning;
  EXPECT_FALSE(thread.IsSameCall(call)) << "it had an answer";
}

TEST(ThreadOrder, OtherSeedsDrawAndTheSameSeedDrawsTheSame) {
  const auto drawn = [](std::uint64_t seed) {
    ThreadOrder order(seed);
    for (int thread = 0; thread < 20; ++thread) order.Add(thread);
    return TakeAll(order);
  };
  EXPECT_EQ(drawn(7), drawn(7));
  EXPECT_NE(drawn(7), drawn(8));
  EXPECT_NE(drawn(7), drawn(0));
}

TEST(ThreadOrder, WhoIsRemovedHasNoTurn) {
  ThreadOrder order(0);
  order.Add(1);
  order.Add(2);
  order.Remove(1);
  EXPECT_FALSE(order.Contains(1));
  EXPECT_EQ(TakeAll(order), std::vector<int>{2});
}

TEST(FutexTable, WakesInOrderThoseOfTheKeyWhoseBitsMatch) {
  const FutexKey here{1, 100};
  FutexTable table;
  table.Wait(10, here, kAnyBit);
  table.Wait(11, {2, 100}, kAnyBit);
  table.Wait(12, here, 0b10);
  table.Wait(13, here, kAnyBit);
  EXPECT_EQ(table.Wake(here, 2, 0b01), (std::vector<int>{10, 13}));
  EXPECT_EQ(table.Wake(here, 9, kAnyBit), std::vector<int>{12});
  EXPECT_TRUE(table.Wake(here, 9, kAnyBit).empty());
  EXPECT_EQ(table.CountAt({2, 100}), 1U);
}

TEST(FutexTable, RequeueMovesTheRestInOrder) {
  const FutexKey from{1, 100};
  const FutexKey to{1, 200};
  FutexTable table;
  for (const int thread : {1, 2, 3, 4}) table.Wait(thread, from, kAnyBit);
  const FutexTable::Moved moved = table.Requeue(from, to, 1, 2);
  EXPECT_EQ(moved, (FutexTable::Moved{{1}, {2, 3}}));
  EXPECT_EQ(table.FirstAt(from), 4);
  EXPECT_EQ(table.Wake(to, 1, kAnyBit), std::vector<int>{2});
}

TEST(FutexTable, WakeOperationsAreThoseOfTheKernel) {
  const struct {
    std::uint32_t encoded;
    std::uint32_t word;
    std::optional<WakeOperation> want;
  } cases[] = {
      {FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_GT, 1), 2, WakeOperation{0, true}},
      {FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_GT, 1), 1, WakeOperation{0, false}},
      {FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 2), 2, WakeOperation{7, true}},
      {FUTEX_OP(FUTEX_OP_ANDN, 3, FUTEX_OP_CMP_NE, 7), 7, WakeOperation{4, false}},
      {static_cast<std::uint32_t>(FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT) << 28 | 4U << 12 |
           FUTEX_OP_CMP_LT << 24 | 9U,
       1, WakeOperation{17, true}},
      {FUTEX_OP(7, 0, 0, 0), 0, std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(ApplyWakeOperation(c.encoded, c.word), c.want) << c.encoded;
}

TEST(FutexTable, LocksHoldTheirOwner) {
  using Kind = LockAnswer::Kind;
  EXPECT_EQ(LockWord(0, 5), (LockAnswer{Kind::kTaken, 5}));
  EXPECT_EQ(LockWord(5, 5), (LockAnswer{Kind::kDeadlock, 5}));
  EXPECT_EQ(LockWord(4, 5), (LockAnswer{Kind::kWait, 4 | FUTEX_WAITERS}));
  EXPECT_EQ(LockWord(FUTEX_OWNER_DIED, 5), (LockAnswer{Kind::kTaken, FUTEX_OWNER_DIED | 5}));
  EXPECT_EQ(UnlockedWord(std::nullopt, false), 0U);
  EXPECT_EQ(UnlockedWord(6, false), 6U);
  EXPECT_EQ(UnlockedWord(6, true), 6 | FUTEX_WAITERS);
}

TEST(TimerTable, ExpiryCountsAndMovesOn) {
  EXPECT_EQ(ExpiryAt(100, 0, 99), (Expiry{0, 100}));
  EXPECT_EQ(ExpiryAt(100, 0, 100), (Expiry{1, kNever}));
  EXPECT_EQ(ExpiryAt(100, 10, 100), (Expiry{1, 110}));
  EXPECT_EQ(ExpiryAt(100, 10, 129), (Expiry{3, 130}));
  EXPECT_EQ(ExpiryAt(kNever - 5, 10, kNever - 5), (Expiry{1, kNever}));
}

TEST(TimerTable, TakesThoseThatAreDue) {
  TimerTable table;
  EXPECT_EQ(table.NextDeadline(), kNever);
  VirtualTimer timer;
  timer.deadline = 50;
  timer.interval = 20;
  const TimerTable::Id often = table.Add(timer);
  timer.deadline = 60;
  timer.interval = 0;
  const TimerTable::Id once = table.Add(timer);
  EXPECT_EQ(table.NextDeadline(), 50);
  const auto fired = table.TakeDue(95);
  ASSERT_EQ(fired.size(), 2U);
  EXPECT_EQ(fired[0].id, often);
  EXPECT_EQ(fired[0].count, 3);
  EXPECT_EQ(fired[1].id, once);
  EXPECT_EQ(table.NextDeadline(), 110);
}

TEST(ClockPage, EveryReadIsLaterThanTheLast) {
  ClockPage page;
  page.real_offset = 1000;
  const std::int64_t first = ReadClock(page, ClockKind::kMonotonic);
  EXPECT_EQ(ReadClock(page, ClockKind::kReal), first + 1 + 1000);
}

TEST(ClockPage, DeadlinesAreOnTheMonotonicClock) {
  ClockPage page;
  page.monotonic = 100;
  page.real_offset = 1000;
  EXPECT_EQ(DeadlineOf(page, ClockKind::kMonotonic, false, 5), 105);
  EXPECT_EQ(DeadlineOf(page, ClockKind::kReal, false, 5), 105);
  EXPECT_EQ(DeadlineOf(page, ClockKind::kMonotonic, true, 500), 500);
  EXPECT_EQ(DeadlineOf(page, ClockKind::kReal, true, 1500), 500);
  EXPECT_EQ(DeadlineOf(page, ClockKind::kMonotonic, false, kNever), kNever);
}

TEST(ClockPage, RefusesTimesThatTheKernelRefuses) {
  EXPECT_EQ(NanosecondsOf({1, 5}), kSecond + 5);
  EXPECT_EQ(NanosecondsOf({0, kSecond}), std::nullopt);
  EXPECT_EQ(NanosecondsOf({-1, 0}), std::nullopt);
  EXPECT_EQ(NanosecondsOf({INT64_MAX, 0}), kNever);
}

TEST(ClockPage, KnowsTheClocks) {
  EXPECT_EQ(KindOfClock(CLOCK_REALTIME_COARSE), ClockKind::kReal);
  EXPECT_EQ(KindOfClock(CLOCK_BOOTTIME), ClockKind::kMonotonic);
  EXPECT_EQ(KindOfClock(CLOCK_THREAD_CPUTIME_ID), ClockKind::kCpu);
  EXPECT_EQ(KindOfClock(-30), ClockKind::kCpu);
  EXPECT_EQ(KindOfClock(99), ClockKind::kUnknown);
}

TEST(BlockingCalls, AnswersOfTheKernelToItself) {
  EXPECT_TRUE(IsRestarting(-512));
  EXPECT_FALSE(IsRestarting(-4));
  EXPECT_FALSE(IsRestarting(512));
}

}  // namespace
}  // namespace sim::virtual_process
