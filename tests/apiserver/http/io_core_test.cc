#include "apiserver/http/io_core.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <latch>

#include "apiserver/http/polled_lane.h"

namespace apiserver {
namespace {

// As streams do that get more to write while they are written to; more of them than one pass of
// those that are spaced.
TEST(IoCore, WhatWaitsForAPassIsRunByTheNextInOrder) {
  constexpr int kStreams = 40;
  std::latch done(2 * kStreams);
  std::vector<int> ran;
  IoCore core(1, 1);
  IoLane& lane = *core.lanes().front();
  core.Start();
  core.Post(lane, [&] {
    for (int stream = 0; stream < kStreams; ++stream) {
      core.PostIdle(lane, [&, stream] {
        ran.push_back(stream);
        core.PostIdle(lane, [&, stream] {
          ran.push_back(kStreams + stream);
          done.count_down();
        });
        done.count_down();
      });
    }
  });
  done.wait();
  core.JoinThreads();
  core.Stop();
  ASSERT_EQ(ran.size(), 2 * kStreams);
  for (int i = 0; i < 2 * kStreams; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

// A lane without a thread is run by whoever polls it, passes over many streams included, and waits
// for what the owner's file tells.
TEST(PolledLane, IsRunByItsOwner) {
  IoCore core(1, 1);
  IoLane& lane = *core.lanes().front();
  int ran = 0;
  {
    PolledLane polled(lane);
    core.Post(lane, [&] {
      for (int stream = 0; stream < 40; ++stream) {
        core.PostIdle(lane, [&] { core.PostIdle(lane, [&ran] { ++ran; }); });
      }
    });
    EXPECT_EQ(ran, 0);
    polled.Poll();
    EXPECT_EQ(ran, 40);
    const int file = eventfd(1, EFD_CLOEXEC);
    polled.Wait(file, std::nullopt);
    polled.Wait(file, std::nullopt);  // Still readable.
    std::uint64_t count = 0;
    EXPECT_EQ(read(file, &count, sizeof count), 8);
    polled.Wait(file, std::chrono::milliseconds(1));
    core.Post(lane, [&] { ++ran; });
    polled.Wait(file, std::nullopt);
    EXPECT_EQ(ran, 41);
    close(file);
  }
  core.Stop();
}

// What the core did not come to run is dropped with it.
TEST(IoCore, AStopDropsWhatWaits) {
  const auto held = std::make_shared<int>();
  IoCore core(1, 1);
  IoLane& lane = *core.lanes().front();
  std::latch posted(1);
  core.Start();
  core.Post(lane, [&] {
    for (int i = 0; i < 40; ++i) {
      core.PostIdle(lane, [&core, &lane, held] { core.PostIdle(lane, [held] {}); });
    }
    posted.count_down();
  });
  posted.wait();
  core.JoinThreads();
  core.Stop();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace apiserver
