#include "sim/trampoline.h"

#include <utility>

#include "sim/check.h"

namespace sim {

void ReadyNode::Unlink() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

Trampoline::Trampoline() { head_.previous_ = head_.next_ = &head_; }

Trampoline& Trampoline::OfThread() {
  // A completing coroutine has no way to its kernel, only to its thread.
  thread_local Trampoline trampoline;
  return trampoline;
}

void Trampoline::MakeReady(ReadyNode& node) {
  SIM_CHECK(node.next_ == nullptr);
  const Scope scope;
  node.previous_ = head_.previous_;
  node.next_ = &head_;
  head_.previous_->next_ = &node;
  head_.previous_ = &node;
}

void Trampoline::Bury(std::coroutine_handle<> frame) {
  const Scope scope;
  buried_.push_back(frame);
}

void Trampoline::DestroyBuried() {
  // Destroying a frame may bury another.
  while (!buried_.empty()) {
    const std::coroutine_handle<> frame = buried_.back();
    buried_.pop_back();
    frame.destroy();
  }
}

void Trampoline::Drain() {
  for (;;) {
    DestroyBuried();
    if (head_.next_ == &head_) break;
    ReadyNode* node = head_.next_;
    node->Unlink();
    node->Go();
  }
  is_running_ = false;
}

}  // namespace sim
