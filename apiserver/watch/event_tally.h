// How many events the watches of one kind have sent, and of what sizes.
//
// Threads: the kernel's only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace apiserver {

struct EventTally {
  // Upper bounds in bytes, as upstream has them: 1 KiB, doubled seven times.
  static constexpr std::array<double, 8> kBounds = {1024,      2048,      4096,      8192,
                                                    16 * 1024, 32 * 1024, 64 * 1024, 128 * 1024};
  std::array<std::uint64_t, kBounds.size()> buckets{};  // not cumulative
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;

  void Add(std::size_t event_bytes) {
    const auto bound =
        std::lower_bound(kBounds.begin(), kBounds.end(), static_cast<double>(event_bytes));
    if (bound != kBounds.end()) ++buckets[static_cast<std::size_t>(bound - kBounds.begin())];
    ++count;
    bytes += event_bytes;
  }
  EventTally& operator+=(const EventTally& other) {
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
    count += other.count;
    bytes += other.bytes;
    return *this;
  }
};

}  // namespace apiserver
