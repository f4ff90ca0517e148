// The one-way channel of a remote watch: the kernel puts encoded events in, an I/O thread writes them out.
//
// Invariants:
// (1) Chunks come out in the order in which they went in, each with the revision that it shows (the egress gate
//     holds it until that revision is durable).
// (2) At most backlog_bytes_max wait; beyond that the kernel's side ends the stream.
// Threads: Push, Finish and is_cancelled by the kernel; Take, Cancel and SetWakeUp by one I/O thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "apiserver/api/object.h"

namespace apiserver {

class WatchStream {
 public:
  struct Chunk {
    SharedBytes bytes;
    Revision shown_revision = 0;
  };

  explicit WatchStream(std::size_t backlog_bytes_max) : backlog_bytes_max_(backlog_bytes_max) {}

  // False when the backlog is full or the client is gone: the caller then ends the watch.
  bool Push(Chunk chunk);
  // After the last chunk: the answer ends regularly.
  void Finish();
  bool is_cancelled() const;

  // Moves out all waiting chunks. `finished` says that none will follow.
  std::vector<Chunk> Take(bool& finished);
  // The client is gone; `on_cancel` (set by the kernel's side) is not called here: the owner posts an input.
  void Cancel();
  // `wake_up` is called (from the kernel's thread) after Push and Finish; it must only post.
  void SetWakeUp(std::function<void()> wake_up);

 private:
  const std::size_t backlog_bytes_max_;
  mutable std::mutex mutex_;
  std::deque<Chunk> chunks_;
  std::size_t backlog_bytes_ = 0;
  bool finished_ = false;
  bool cancelled_ = false;
  std::function<void()> wake_up_;
};

}  // namespace apiserver
