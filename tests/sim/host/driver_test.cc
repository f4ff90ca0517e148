#include "sim/host/driver.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <thread>

#include "sim/host/clock.h"
#include "sim/host/uv_handle.h"
#include "sim/host/virtual_group.h"
#include "sim/socket_loop.h"

namespace sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Input Say(std::string* text, std::string word) {
  return {"test.input", word, [text, word] { *text += word + " "; }, std::nullopt};
}

TEST(Driver, MaxJumpsOverTime) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kMax});
  int count = 0;
  std::function<void()> step = [&] {
    if (++count < 600) kernel.After(std::chrono::seconds(5), Lane::kNode, "test.step", "", step);
  };
  step();
  EXPECT_EQ(driver.Run([&] { return count == 600; }), StopReason::kDone);
  EXPECT_EQ(kernel.now(), Time(std::chrono::seconds(5) * 599));
}

TEST(Driver, RealTimeRunsWhatIsDue) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{});
  bool ran = false;
  kernel.After(milliseconds(5), Lane::kNode, "test.timer", "", [&] { ran = true; });
  EXPECT_EQ(driver.Run([&] { return ran; }), StopReason::kDone);
  EXPECT_EQ(kernel.now(), Time(milliseconds(5)));
}

TEST(Driver, PausedTimeStandsButAnswers) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kPaused});
  std::string text;
  kernel.After(hours(1), Lane::kNode, "test.timer", "", [&] { text += "timer "; });
  driver.inbox().Push(Say(&text, "answer"));
  driver.Run([&] { return !text.empty(); });
  EXPECT_EQ(text, "answer ");
  EXPECT_EQ(kernel.now(), Time{});
  driver.AdvanceTo(Time(hours(2)));
  driver.Run([&] { return !driver.pacing().is_advancing(); });
  EXPECT_EQ(text, "answer timer ");
  EXPECT_EQ(kernel.now(), Time(hours(2)));
}

TEST(Driver, TakesTheInputsOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kInputs = 1'000;
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{});
  int count = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&driver, &count] {
      for (int index = 0; index < kInputs; ++index) {
        driver.inbox().Push({"test.input", "", [&count] { ++count; }, std::nullopt});
      }
    });
  }
  EXPECT_EQ(driver.Run([&] { return count == kThreads * kInputs; }), StopReason::kDone);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kernel.position(), static_cast<std::uint64_t>(kThreads * kInputs));
}

TEST(Driver, StopsFromAnotherThreadAndCanGoOn) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{});
  std::thread stopper([&driver] { driver.Stop(); });
  EXPECT_EQ(driver.Run([] { return false; }), StopReason::kStopped);
  stopper.join();
  std::string text;
  driver.inbox().Push(Say(&text, "on"));
  EXPECT_EQ(driver.Run([&] { return !text.empty(); }), StopReason::kDone);
}

TEST(Driver, StopsOnSignals) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{});
  driver.StopOnSignals();
  raise(SIGTERM);
  EXPECT_EQ(driver.Run([] { return false; }), StopReason::kSignal);
}

TEST(DriverDeathTest, ASecondSignalEndsTheProcess) {
  const auto run = [] {
    Kernel kernel(KernelOptions{});
    Driver driver(kernel, PacingMode{});
    driver.StopOnSignals();
    raise(SIGTERM);
    driver.Run([] { return false; });
    raise(SIGINT);
    for (;;) uv_run(driver.loop(), UV_RUN_ONCE);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(128 + SIGINT), "");
}

TEST(Driver, DriverEventsRunInTimeAndLeaveNoTrace) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kUnbounded});
  std::string text;
  const auto say = [&](const char* word) { return [&text, word] { text += word; }; };
  for (const int hour : {1, 2}) {
    kernel.driver_queue().Push({{Time(hours(hour)), Lane::kCheck, kernel.NextDriverSequence()},
                                "driver.check",
                                "",
                                say("driver ")});
    kernel.At(Time(hours(hour)), Lane::kNode, "test.event", "", say("kernel "));
  }
  kernel.driver_queue().Push({{Time(hours(3)), Lane::kCheck, kernel.NextDriverSequence()},
                              "driver.check",
                              "",
                              say("end")});
  driver.Run([&] { return text.ends_with("end"); });
  EXPECT_EQ(text, "kernel driver kernel driver end");
  EXPECT_EQ(kernel.position(), 2u);
  EXPECT_EQ(kernel.now(), Time(hours(3)));
}

// A program whose stillness the test decides.
struct FakeProgram : StillnessPort, ReleaseGate {
  std::optional<std::uint64_t> StillMark() override { return marks++ < 3 ? std::nullopt : mark; }
  void Hold() override { *text += "hold "; }
  void Release() override { *text += "release "; }
  std::string* text = nullptr;
  int marks = 0;
  std::optional<std::uint64_t> mark = 0;
};

Input Request(std::string* text, Kernel* kernel, std::string target) {
  RoundKey key;
  key.target = target;
  return {"http.request", target,
          [text, kernel, target] {
            *text += target + " ";
            kernel->Post(Lane::kWatch, "test.watch", target,
                         [text, target] { *text += target + "! "; });
          },
          key};
}

TEST(Driver, ExecutesRoundsWholeWhenProgramsAreQuiet) {
  std::string text;
  FakeProgram program;
  program.text = &text;
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kUnbounded});
  Rounds rounds(nullptr);
  rounds.Attach(0, "operator", {&program}, SteadyNow());
  driver.SetRounds(&rounds, &program);
  kernel.After(hours(1), Lane::kNode, "test.timer", "", [&] { text += "timer"; });
  driver.inbox().Push(Request(&text, &kernel, "b"));
  driver.inbox().Push(Request(&text, &kernel, "a"));
  driver.inbox().Push(Say(&text, "outside"));
  driver.Run([&] { return text.ends_with("timer"); });
  EXPECT_EQ(text, "outside hold a b a! b! release timer");
}

// The server hears of an ended program's connections when it does, and the last program is gone by
// then: what comes of them waits until that is known, and for the word of the end.
TEST(Driver, TakesTheEndOfTheLastVirtualProgramBeforeWhatItLeft) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kMax});
  std::string text;
  Rounds rounds(nullptr);
  driver.SetRounds(&rounds, nullptr);
  int looks = 0;
  VirtualGroup group([&] {
    // The server has heard.
    if (++looks == 1) {
      Input cancel = Say(&text, "cancel");
      cancel.round = RoundKey{.program = 0, .verb = "cancel"};
      driver.inbox().Push(std::move(cancel));
      driver.inbox().Push(Say(&text, "exit"));
    }
    if (looks == 2) text += "settled ";
    return looks > 1;
  });
  driver.SetVirtualGroup(&group);
  rounds.AttachVirtual(0);
  rounds.DetachVirtual(0);
  kernel.After(hours(1), Lane::kNode, "test.timer", "", [&] { text += "timer "; });
  driver.Run([&] { return text.ends_with("timer "); });
  EXPECT_EQ(text, "settled exit cancel timer ");
  EXPECT_FALSE(rounds.is_collecting());
  driver.SetVirtualGroup(nullptr);
}

// Sockets that bring an input when they are waited for.
struct FakeSockets : SocketLoop {
  FakeSockets(Driver& driver, std::string& said) : inbox(&driver.inbox()), text(&said) {
    driver.SetSockets(this);
  }
  void Poll() override {}
  void Wait(int file, std::optional<Duration>) override {
    ++waits;
    pollfd loop{file, POLLIN, 0};
    has_loop_news = poll(&loop, 1, 0) > 0;
    inbox->Push(Say(text, "waited"));
  }
  Inbox* inbox;
  std::string* text;
  int waits = 0;
  bool has_loop_news = false;
};

TEST(Driver, AttendsToSocketsOfItsOwnThread) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kUnbounded});
  std::string text;
  FakeSockets sockets(driver, text);
  driver.Run([&] { return text == "waited waited "; });
  EXPECT_EQ(sockets.waits, 2);
  // What comes on this thread needs no wake-up through the loop; what another thread says does.
  EXPECT_FALSE(sockets.has_loop_news);
  std::thread([&] { driver.inbox().Push(Say(&text, "other")); }).join();
  pollfd loop{uv_backend_fd(driver.loop()), POLLIN, 0};
  EXPECT_EQ(poll(&loop, 1, 0), 1);
  driver.SetSockets(nullptr);
}

// The last look before a wait may have brought something.
TEST(Driver, DoesNotWaitForSocketsWhileAnInputIsThere) {
  Kernel kernel(KernelOptions{});
  Driver driver(kernel, PacingMode{Pace::kMax});
  std::string text;
  FakeSockets sockets(driver, text);
  Rounds rounds(nullptr);
  driver.SetRounds(&rounds, nullptr);
  int looks = 0;
  VirtualGroup group([&] {
    if (++looks == 2) driver.inbox().Push(Say(&text, "found"));
    return false;
  });
  driver.SetVirtualGroup(&group);
  rounds.AttachVirtual(0);
  rounds.DetachVirtual(0);
  driver.Run([&] { return rounds.is_collecting() && !driver.inbox().empty(); });
  EXPECT_EQ(sockets.waits, 0);
  driver.SetVirtualGroup(nullptr);
  driver.SetSockets(nullptr);
}

TEST(Clock, RandomBytesDiffer) {
  EXPECT_NE(SystemRandomBytes(32), SystemRandomBytes(32));
  EXPECT_GT(SystemNow(), Time(hours(24 * 365 * 50)));
  const WallTime before = SteadyNow();
  EXPECT_LE(before, SteadyNow());
}

}  // namespace
}  // namespace sim
