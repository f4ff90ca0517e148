// Holds back what must not be shown before it is durable: answers, lists, watch events, outside
// calls.
//
// Invariants:
// (1) The durable revision only grows.
// (2) What waits is released in the order of its revision, and in the order of its coming within
// one. (3) Without a data file the gate is open for ever: memory is all that there is. Threads:
// WhenDurable and durable by any thread; Publish by the data writer's only. The kernel never waits
// here.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <mutex>

#include "apiserver/api/resource.h"

namespace apiserver {

class EgressGate {
 public:
  static constexpr Revision kAlwaysOpen = std::numeric_limits<Revision>::max();

  explicit EgressGate(Revision durable = kAlwaysOpen) : durable_(durable) {}

  Revision durable() const { return durable_.load(std::memory_order_acquire); }

  // Calls `ready` once everything up to `revision` is durable: at once, or later on the data
  // writer's thread, where it may only post. After a failed save it is never called.
  void WhenDurable(Revision revision, std::function<void()> ready);

  // Everything up to `durable` is on disk.
  void Publish(Revision durable);

 private:
  std::atomic<Revision> durable_;
  std::mutex mutex_;
  std::multimap<Revision, std::function<void()>> waiting_;
};

}  // namespace apiserver
