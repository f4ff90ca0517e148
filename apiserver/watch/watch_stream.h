// The one-way channel of a remote watch: the kernel puts encoded events in, an I/O thread writes
// them out.
//
// Invariants:
// (1) Chunks come out in the order in which they went in, each with the revision that it shows (the
// egress gate
//     holds it until that revision is durable).
// (2) At most backlog_bytes_max wait; beyond that the kernel's side ends the stream.
// (3) That a client is gone reaches the kernel's side as an input (Disconnect), so that a replay
// sees it at the same
//     place; is_cancelled is for the I/O side and says it sooner.
// Threads: Push, PushInitial, Finish, SetOnDisconnect and Disconnect by the kernel; Take, Cancel
// and SetWakeUp by one I/O thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "apiserver/api/object.h"
#include "apiserver/watch/event_tally.h"

namespace apiserver {

class WatchStream {
 public:
  struct Chunk {
    SharedBytes bytes;
    Revision shown_revision = 0;
    bool is_initial = false;  // outside of the backlog
  };

  explicit WatchStream(std::size_t backlog_bytes_max) : backlog_bytes_max_(backlog_bytes_max) {}

  // False when the backlog is full: the chunk is dropped, and the caller finishes the stream.
  bool Push(Chunk chunk);
  // The same beyond the backlog: what a watch begins with may be larger than it.
  void PushInitial(Chunk chunk);
  // After the last chunk: the answer ends regularly.
  void Finish();
  bool is_cancelled() const;
  // A chunk was dropped: when the rest is written, the owner posts the input that calls Disconnect,
  // so that what fills the stream ends, and a recording says so.
  bool has_overflowed() const;

  // Moves out all waiting chunks. `finished` says that none will follow.
  std::vector<Chunk> Take(bool& finished);
  // The client is gone: nothing is kept any more. The owner also posts an input that calls
  // Disconnect.
  void Cancel();
  // `wake_up` is called (from the kernel's thread) when chunks wait again and after Finish; it must
  // only post.
  void SetWakeUp(std::function<void()> wake_up);

  // Where the watch counts what it sends; null: nowhere.
  void SetTally(std::shared_ptr<EventTally> tally) { tally_ = std::move(tally); }
  EventTally* tally() const { return tally_.get(); }

  // The watch's side: what ends it when the client is gone.
  void SetOnDisconnect(std::function<void()> on_disconnect) {
    on_disconnect_ = std::move(on_disconnect);
  }
  // Run by the input that says that the client is gone. Does nothing the second time.
  void Disconnect() {
    if (auto on_disconnect = std::exchange(on_disconnect_, nullptr)) on_disconnect();
  }

 private:
  const std::size_t backlog_bytes_max_;
  mutable std::mutex mutex_;
  std::deque<Chunk> chunks_;
  std::size_t backlog_bytes_ = 0;
  bool finished_ = false;
  bool cancelled_ = false;
  bool overflowed_ = false;
  std::function<void()> wake_up_;

  // The kernel's only.
  std::function<void()> on_disconnect_;
  std::shared_ptr<EventTally> tally_;
};

}  // namespace apiserver
