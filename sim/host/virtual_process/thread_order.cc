#include "sim/host/virtual_process/thread_order.h"

#include <algorithm>

namespace sim::virtual_process {

void ThreadOrder::Add(int thread) {
  if (!Contains(thread)) waiting_.push_back(thread);
}

void ThreadOrder::Remove(int thread) { std::erase(waiting_, thread); }

bool ThreadOrder::Contains(int thread) const {
  return std::find(waiting_.begin(), waiting_.end(), thread) != waiting_.end();
}

std::optional<int> ThreadOrder::Take() {
  if (waiting_.empty()) return std::nullopt;
  std::size_t index = 0;
  if (is_drawn_ && waiting_.size() > 1) {
    index = static_cast<std::size_t>(
        random_.Uniform(0, static_cast<std::int64_t>(waiting_.size()) - 1));
  }
  const int thread = waiting_[index];
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  return thread;
}

}  // namespace sim::virtual_process
