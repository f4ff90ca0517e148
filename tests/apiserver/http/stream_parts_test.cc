#include "apiserver/http/stream_parts.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

using Parts = std::deque<std::string>;

WatchStream::Chunk ChunkOf(const std::string& text) {
  return {.bytes = std::make_shared<const std::string>(text)};
}

TEST(StreamParts, WhatWaitsGoesOutInOneFrame) {
  const std::vector<WatchStream::Chunk> chunks = {ChunkOf("abc"), ChunkOf("de")};
  EXPECT_EQ(StreamParts(chunks, false, PartJoining::kAll), Parts{"5\r\nabcde\r\n"});
  EXPECT_EQ(StreamParts(chunks, true, PartJoining::kAll), Parts{"5\r\nabcde\r\n0\r\n\r\n"});
  EXPECT_EQ(StreamParts({}, true, PartJoining::kAll), Parts{"0\r\n\r\n"});
  EXPECT_EQ(StreamParts({}, false, PartJoining::kAll), Parts{});
}

// The bytes are the same whether two events came together or not.
TEST(StreamParts, UnjoinedEachHasAFrameOfItsOwn) {
  const std::vector<WatchStream::Chunk> chunks = {ChunkOf("abc"), ChunkOf(""), ChunkOf("de")};
  EXPECT_EQ(StreamParts(chunks, true, PartJoining::kNone),
            (Parts{"3\r\nabc\r\n", "2\r\nde\r\n", "0\r\n\r\n"}));
  EXPECT_EQ(StreamParts({ChunkOf("abc")}, false, PartJoining::kNone), Parts{"3\r\nabc\r\n"});
}

}  // namespace
}  // namespace apiserver
