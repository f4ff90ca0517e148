#include "apiserver/watch/watch_stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace apiserver {
namespace {

WatchStream::Chunk Bytes(std::size_t size, Revision revision) {
  return {std::make_shared<const std::string>(size, 'x'), revision};
}

TEST(WatchStream, ChunksComeOutInOrderAndOnce) {
  WatchStream stream(100);
  int wake_ups = 0;
  stream.SetWakeUp([&] { ++wake_ups; });
  EXPECT_TRUE(stream.Push(Bytes(10, 1)));
  EXPECT_TRUE(stream.Push(Bytes(20, 2)));
  bool finished = true;
  const auto chunks = stream.Take(finished);
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(chunks[0].shown_revision, 1U);
  EXPECT_EQ(chunks[1].shown_revision, 2U);
  EXPECT_FALSE(finished);
  EXPECT_TRUE(stream.Take(finished).empty());
  stream.Finish();
  EXPECT_TRUE(stream.Take(finished).empty());
  EXPECT_TRUE(finished);
  EXPECT_EQ(wake_ups, 2) << "once for chunks that wait together, once for the end";
}

TEST(WatchStream, BacklogIsBoundedButInitialEventsAreNot) {
  WatchStream stream(100);
  stream.PushInitial(Bytes(1000, 1));
  EXPECT_TRUE(stream.Push(Bytes(100, 2)));
  EXPECT_FALSE(stream.has_overflowed());
  EXPECT_FALSE(stream.Push(Bytes(1, 3)));
  EXPECT_TRUE(stream.has_overflowed());
  bool finished = false;
  EXPECT_EQ(stream.Take(finished).size(), 2U);
  EXPECT_TRUE(stream.Push(Bytes(100, 4)));
}

TEST(WatchStream, NobodyIsBehindWhenTheClientIsGone) {
  WatchStream stream(10);
  stream.Cancel();
  EXPECT_TRUE(stream.is_cancelled());
  EXPECT_TRUE(stream.Push(Bytes(1000, 1)));
  bool finished = false;
  EXPECT_TRUE(stream.Take(finished).empty());
}

TEST(WatchStream, TwoThreadsShareIt) {
  WatchStream stream(std::size_t{1} << 30);
  std::atomic<int> wake_ups{0};
  stream.SetWakeUp([&] { ++wake_ups; });
  std::thread kernel([&] {
    for (Revision revision = 1; revision <= 5000; ++revision) stream.Push(Bytes(10, revision));
    stream.Finish();
  });
  Revision last = 0;
  for (bool finished = false; !finished;) {
    for (const WatchStream::Chunk& chunk : stream.Take(finished))
      EXPECT_EQ(chunk.shown_revision, ++last);
  }
  kernel.join();
  EXPECT_EQ(last, 5000U);
  EXPECT_GE(wake_ups, 2);
}

}  // namespace
}  // namespace apiserver
