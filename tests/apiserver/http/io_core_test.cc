#include "apiserver/http/io_core.h"

#include <gtest/gtest.h>

#include <latch>

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
