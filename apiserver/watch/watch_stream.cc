#include "apiserver/watch/watch_stream.h"

namespace apiserver {

bool WatchStream::Push(Chunk chunk) {
  std::function<void()> wake_up;
  {
    const std::lock_guard lock(mutex_);
    // Nobody reads: a client that is gone is never behind.
    if (cancelled_ || finished_) return true;
    if (!chunk.is_initial) {
      if (backlog_bytes_ + chunk.bytes->size() > backlog_bytes_max_) {
        overflowed_ = true;
        return false;
      }
      backlog_bytes_ += chunk.bytes->size();
    }
    // Whoever was woken for the first takes all.
    if (chunks_.empty()) wake_up = wake_up_;
    chunks_.push_back(std::move(chunk));
  }
  if (wake_up) wake_up();
  return true;
}

void WatchStream::PushInitial(Chunk chunk) {
  chunk.is_initial = true;
  Push(std::move(chunk));
}

void WatchStream::Finish() {
  std::function<void()> wake_up;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    wake_up = wake_up_;
  }
  if (wake_up) wake_up();
}

bool WatchStream::is_cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

bool WatchStream::has_overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

std::vector<WatchStream::Chunk> WatchStream::Take(bool& finished) {
  std::deque<Chunk> taken;
  {
    const std::lock_guard lock(mutex_);
    finished = finished_;
    taken.swap(chunks_);
    backlog_bytes_ = 0;
  }
  return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
}

void WatchStream::Cancel() {
  std::deque<Chunk> dropped;
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  dropped.swap(chunks_);
  backlog_bytes_ = 0;
  wake_up_ = nullptr;
}

void WatchStream::SetWakeUp(std::function<void()> wake_up) {
  const std::lock_guard lock(mutex_);
  wake_up_ = std::move(wake_up);
}

}  // namespace apiserver
