#include "sim/inbox.h"

#include <utility>

namespace sim {

bool Inbox::Push(Input input) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return false;
  const bool was_empty = inputs_.empty();
  inputs_.push_back(std::move(input));
  // Under the lock, so that Close waits for it.
  if (was_empty && wake_) wake_();
  return true;
}

std::vector<Input> Inbox::Drain() {
  std::vector<Input> inputs;
  const std::lock_guard lock(mutex_);
  inputs.swap(inputs_);
  return inputs;
}

bool Inbox::empty() const {
  const std::lock_guard lock(mutex_);
  return inputs_.empty();
}

void Inbox::Close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
}

}  // namespace sim
