#include "apiserver/watch/watcher.h"

namespace apiserver {

Watcher::Watcher(sim::Kernel& kernel, WatcherIdentity identity, sim::Duration latency_max)
    : kernel_(kernel),
      label_(identity.name + "#" + std::to_string(identity.number)),
      latency_max_(latency_max) {
  if (latency_max_ > sim::Duration::zero()) {
    latency_ = &kernel_.Stream("latency." + identity.name);
  }
}

Watcher::~Watcher() { kernel_.Cancel(event_); }

void Watcher::Start() { Arm(kernel_.now()); }

void Watcher::Push(const ChangePtr& change) {
  if (!has_begun_ || is_ended_ || !Wants(*change)) return;
  queue_.push_back(change);
  if (!kernel_.IsPending(event_)) {
    sim::Duration delay{};
    if (latency_ != nullptr) delay = sim::Duration(latency_->Uniform(0, latency_max_.count()));
    Arm(kernel_.now() + delay);
  } else if (event_work_ == sim::Work::kHousekeeping &&
             kernel_.current_work() == sim::Work::kWork) {
    kernel_.Cancel(event_);
    Arm(due_);
  }
}

void Watcher::End() {
  is_ended_ = true;
  kernel_.Cancel(event_);
  queue_.clear();
}

void Watcher::Arm(sim::Time due) {
  due_ = due;
  event_work_ = kernel_.current_work();
  // The key names the object too: the guard against endless loops counts per key, and a controller
  // that works through a thousand objects at one instant is honest.
  std::string key = label_;
  if (!queue_.empty()) key.append(" ").append(queue_.front()->object->key().Text());
  event_ = kernel_.At(due, sim::Lane::kWatch, "watch.deliver", std::move(key), [this] { Turn(); });
}

void Watcher::Turn() {
  const std::shared_ptr<Watcher> alive = shared_from_this();
  if (!has_begun_) {
    has_begun_ = true;
    Begin();
    return;
  }
  // What is committed while this runs (nothing should be) comes in a turn of its own.
  std::deque<ChangePtr> due = std::exchange(queue_, {});
  for (const ChangePtr& change : due) {
    if (is_ended_) return;
    Deliver(change);
  }
}

}  // namespace apiserver
