// The bytes by which parts of a stream go out: chunks of HTTP/1.1. Pure.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "apiserver/watch/watch_stream.h"

namespace apiserver {

enum class PartJoining : std::uint8_t {
  kAll,   // What waits goes out in one frame: few bytes, few writes.
  kNone,  // Each by itself: the bytes do not depend on how much has come together.
};

// To be written one after the other. `is_end`: nothing follows.
std::deque<std::string> StreamParts(const std::vector<WatchStream::Chunk>& chunks, bool is_end,
                                    PartJoining joining);

}  // namespace apiserver
