#include "apiserver/store/egress_gate.h"

#include <vector>

#include "sim/check.h"

namespace apiserver {

void EgressGate::WhenDurable(Revision revision, std::function<void()> ready) {
  if (revision > durable()) {
    const std::lock_guard lock(mutex_);
    // Looked at again: Publish may have come between.
    if (revision > durable()) {
      waiting_.emplace(revision, std::move(ready));
      return;
    }
  }
  ready();
}

void EgressGate::Publish(Revision durable) {
  std::vector<std::function<void()>> released;
  {
    const std::lock_guard lock(mutex_);
    SIM_CHECK(durable >= durable_.load(std::memory_order_relaxed));
    durable_.store(durable, std::memory_order_release);
    const auto end = waiting_.upper_bound(durable);
    for (auto at = waiting_.begin(); at != end; ++at) released.push_back(std::move(at->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (const auto& ready : released) ready();
}

}  // namespace apiserver
