// Calls that are not trapped but may block a thread, and what ends that. A table.
#pragma once

#include <cstdint>
#include <optional>

namespace sim::virtual_process {

struct BlockingCall {
  enum class Until : std::uint8_t { kReadable, kWritable, kChild } until = Until::kReadable;

  // Nothing for calls that we know nothing of: their threads are left alone.
  static std::optional<BlockingCall> Of(long number);
};

// Calls that wait for other threads or for signals, by which the thread is known to come back.
bool MayBlockForLong(long number);

// The call was interrupted by our looking and is begun again by itself (a kernel-internal answer).
bool IsRestarting(std::int64_t answer);

}  // namespace sim::virtual_process
