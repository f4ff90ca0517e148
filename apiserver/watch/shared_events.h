// The bytes of recent watch events, made once per (revision, type, encoder) and shared by all
// watchers.
//
// A fixed ring over revisions: an event that fell out is simply made again. Threads: the kernel's
// only.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "apiserver/watch/watch_encoder.h"

namespace apiserver {

class SharedEvents {
 public:
  static constexpr std::size_t kRevisionsMax = 256;

  // The bytes of `event` as `encoder` writes it. Requires: not a bookmark.
  SharedBytes Encode(const WatchEvent& event, const WatchEncoder& encoder);

 private:
  struct Entry {
    WatchEventType type;
    std::string encoder_key;
    SharedBytes bytes;
  };
  struct Slot {
    Revision revision = 0;
    std::vector<Entry> entries;
  };
  std::array<Slot, kRevisionsMax> slots_;
};

}  // namespace apiserver
