#include "sim/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/kernel.h"
#include "sim/one_shot.h"
#include "sim/task_scope.h"

namespace sim {
namespace {

using std::chrono::seconds;

// Counts what lives, so that leaks and double destruction show without a sanitizer.
struct Counted {
  explicit Counted(int* live) : live_(live) { ++*live_; }
  Counted(Counted&& other) noexcept : live_(other.live_) { ++*live_; }
  Counted(const Counted& other) : live_(other.live_) { ++*live_; }
  ~Counted() { --*live_; }
  int* live_;
};

Task<int> Immediate(int value) { co_return value; }

Task<int> Ready(int value) { return value; }

Task<int> Waits(OneShot<int> shot, Counted counted) {
  const int value = co_await shot;
  static_cast<void>(counted);
  co_return value + 1;
}

Task<int> Adds(OneShot<int> first, OneShot<int> second, Counted counted) {
  const int a = co_await Waits(first, counted);
  Task<int> waiting = Waits(second, counted);
  const int b = co_await waiting;
  const int c = co_await Immediate(100);
  const int d = co_await Ready(1000);
  co_return a + b + c + d;
}

TEST(Task, StartsAtOnceAndNeedsNoSuspension) {
  Task<int> task = Immediate(3);
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.Take(), 3);
  Task<int> ready = Ready(4);
  ASSERT_TRUE(ready.done());
  EXPECT_EQ(ready.Take(), 4);
  EXPECT_TRUE(Task<>().done());
}

TEST(Task, AwaitsThroughSeveralFrames) {
  int live = 0;
  {
    OneShot<int> first;
    OneShot<int> second;
    Task<int> task = Adds(first, second, Counted(&live));
    EXPECT_FALSE(task.done());
    first.Set(10);
    EXPECT_FALSE(task.done());
    second.Set(20);
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.Take(), 11 + 21 + 100 + 1000);
  }
  EXPECT_EQ(live, 0);
}

TEST(Task, DestructionCancelsWhateverItAwaits) {
  int live = 0;
  OneShot<int> first;
  OneShot<int> second;
  for (const int filled_count : {0, 1}) {
    SCOPED_TRACE(filled_count);
    {
      Task<int> task = Adds(first, second, Counted(&live));
      if (filled_count > 0) first.Set(1);
      EXPECT_GT(live, 0);
    }
    EXPECT_EQ(live, 0);
    EXPECT_FALSE(first.is_awaited());
    EXPECT_FALSE(second.is_awaited());
  }
  EXPECT_TRUE(second.Set(2));
}

TEST(Task, IsDestroyedWhileReadyWithoutGoingOn) {
  int live = 0;
  OneShot<int> first;
  OneShot<int> second;
  {
    const Trampoline::Scope scope;
    Task<int> task = Adds(first, second, Counted(&live));
    first.Set(1);
    EXPECT_FALSE(second.is_awaited());
  }
  EXPECT_FALSE(second.is_awaited());
  EXPECT_EQ(live, 0);
}

Task<> Appends(OneShot<> shot, std::string* text, std::string word) {
  co_await shot;
  *text += word;
}

TEST(Task, WaitersGoOnAfterTheHandlerThatFilled) {
  std::string text;
  OneShot<> shot;
  Task<> task = Appends(shot, &text, "waiter ");
  Kernel kernel(KernelOptions{});
  kernel.Post(Lane::kControl, "test.fill", "", [&] {
    shot.Set();
    text += "handler ";
  });
  kernel.Post(Lane::kControl, "test.next", "", [&] { text += "next "; });
  while (kernel.RunNext()) {
  }
  EXPECT_EQ(text, "handler waiter next ");
}

Task<int> Recurses(OneShot<> shot, int depth) {
  if (depth == 0) {
    co_await shot;
    co_return 0;
  }
  const int below = co_await Recurses(shot, depth - 1);
  co_return below + 1;
}

TEST(Task, CompletionNeedsNoStack) {
  // 3,000 frames start nested; 3,000 completions in a row must not.
  OneShot<> shot;
  Task<int> task = Recurses(shot, 3'000);
  shot.Set();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.Take(), 3'000);
}

Task<> AwaitsInALoop(Kernel* kernel, int count, int* done) {
  for (int index = 0; index < count; ++index) {
    const int value = co_await Immediate(index);
    if (value % 1000 == 0) co_await kernel->Sleep(seconds(1), Lane::kNode, "test.sleep", "a");
    ++*done;
  }
}

TEST(Task, SleepsInVirtualTime) {
  Kernel kernel(KernelOptions{});
  int done = 0;
  Task<> task = AwaitsInALoop(&kernel, 5'000, &done);
  EXPECT_EQ(done, 0);
  kernel.RunUntil(Time(seconds(2)));
  EXPECT_EQ(done, 2'000);
  kernel.RunUntil(Time(seconds(9)));
  EXPECT_TRUE(task.done());
  EXPECT_EQ(kernel.position(), 5u);
}

TEST(Task, CancelledSleepLeavesNoEvent) {
  Kernel kernel(KernelOptions{});
  int done = 0;
  {
    Task<> task = AwaitsInALoop(&kernel, 1, &done);
    EXPECT_EQ(kernel.pending_count(), 1u);
  }
  EXPECT_EQ(kernel.pending_count(), 0u);
  EXPECT_FALSE(kernel.RunNext());
}

Task<std::unique_ptr<std::string>> MovesOnly(OneShot<std::unique_ptr<std::string>> shot) {
  std::unique_ptr<std::string> text = co_await shot;
  *text += "!";
  co_return text;
}

TEST(Task, CarriesWhatOnlyMoves) {
  OneShot<std::unique_ptr<std::string>> shot;
  auto task = MovesOnly(shot);
  shot.Set(std::make_unique<std::string>("hello"));
  EXPECT_EQ(*task.Take(), "hello!");
}

TEST(OneShot, TakesTheFirstValueOnly) {
  OneShot<int> shot;
  EXPECT_TRUE(shot.Set(1));
  EXPECT_FALSE(shot.Set(2));
  int live = 0;
  Task<int> task = Waits(shot, Counted(&live));
  EXPECT_EQ(task.Take(), 2);
}

TEST(TaskScope, ForgetsDoneTasks) {
  TaskScope scope;
  std::string text;
  OneShot<> first;
  OneShot<> second;
  EXPECT_EQ(scope.Spawn(Task<>()), 0u);
  const TaskScope::Id one = scope.Spawn(Appends(first, &text, "one "));
  const TaskScope::Id two = scope.Spawn(Appends(second, &text, "two "));
  EXPECT_EQ(scope.size(), 2u);
  first.Set();
  EXPECT_FALSE(scope.Holds(one));
  EXPECT_TRUE(scope.Holds(two));
  EXPECT_FALSE(scope.Cancel(one));
  EXPECT_TRUE(scope.Cancel(two));
  second.Set();
  EXPECT_EQ(text, "one ");
  EXPECT_EQ(scope.size(), 0u);
}

Task<> CancelsItself(TaskScope* scope, TaskScope::Id* self, OneShot<> start, std::string* text,
                     Counted counted) {
  co_await start;
  scope->Cancel(*self);
  *text += "ran on ";
  static_cast<void>(counted);
  OneShot<> never;
  co_await never;
  *text += "never ";
}

TEST(TaskScope, ATaskMayCancelItself) {
  int live = 0;
  std::string text;
  OneShot<> start;
  TaskScope scope;
  TaskScope::Id id = 0;
  id = scope.Spawn(CancelsItself(&scope, &id, start, &text, Counted(&live)));
  start.Set();
  EXPECT_EQ(text, "ran on ");
  EXPECT_EQ(live, 0);
  EXPECT_EQ(scope.size(), 0u);
}

Task<> CancelsOther(TaskScope* scope, TaskScope::Id* other, OneShot<> start) {
  co_await start;
  scope->Cancel(*other);
}

TEST(TaskScope, ACancelledReadyTaskDoesNotGoOn) {
  std::string text;
  OneShot<> first;
  OneShot<> second;
  TaskScope scope;
  TaskScope::Id other = 0;
  scope.Spawn(CancelsOther(&scope, &other, first));
  other = scope.Spawn(Appends(second, &text, "other "));
  {
    const Trampoline::Scope both_ready;
    first.Set();
    second.Set();
  }
  EXPECT_EQ(text, "");
  EXPECT_EQ(scope.size(), 0u);
}

TEST(TaskScope, DestructionCancels) {
  int live = 0;
  OneShot<> start;
  std::string text;
  TaskScope::Id id = 0;
  {
    TaskScope scope;
    id = scope.Spawn(CancelsItself(&scope, &id, start, &text, Counted(&live)));
    EXPECT_GT(live, 0);
  }
  EXPECT_EQ(live, 0);
  EXPECT_FALSE(start.is_awaited());
}

}  // namespace
}  // namespace sim
