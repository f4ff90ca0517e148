// Hands each committed change to every watcher that it concerns, later, as an event of its own.
//
// Invariants:
// (1) A watcher sees revisions in strictly increasing order and without a gap.
// (2) Commits only queue: a watcher's handler runs in a kernel event `watch.deliver` (lane kWatch)
// of its own,
//     after the watcher's modelled delay, never inside a commit or another handler.
// (3) A remote watcher that falls more than its backlog behind is ended (410 on return), never
// silently skipped.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apiserver/store/store.h"

namespace apiserver {

// Ends its watch when destroyed.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> end) : end_(std::move(end)) {}
  Subscription(Subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (end_) end_();
    end_ = std::exchange(other.end_, nullptr);
    return *this;
  }
  ~Subscription() {
    if (end_) end_();
  }

 private:
  std::function<void()> end_;
};

class WatchHub {
 public:
  virtual ~WatchHub() = default;
  // In-process watch of a whole resource: first kAdded for all present objects, then each change.
  // `watcher` names the latency stream and the events. Changes that are not `wanted`, a pure
  // function, are left out; null: none.
  virtual Subscription Subscribe(std::string watcher, GroupResource resource,
                                 std::function<void(const ChangePtr&)> handler,
                                 std::function<bool(const Change&)> wanted = nullptr) = 0;
};

}  // namespace apiserver
