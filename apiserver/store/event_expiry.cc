#include "apiserver/store/event_expiry.h"

namespace apiserver {
namespace {

const GroupResource kEvents{"", "events"};

}  // namespace

EventExpiry::EventExpiry(sim::Kernel& kernel, Store& store, sim::Duration ttl)
    : kernel_(kernel), store_(store), ttl_(ttl) {
  store_.AddObserver([this](const ChangePtr& change) {
    if (change->resource == kEvents && change->type != ChangeType::kDeleted) Add(change->object);
  });
}

void EventExpiry::AddStored() {
  store_.Visit(kEvents, {}, [this](const ObjectPtr& event) {
    Add(event);
    return true;
  });
}

void EventExpiry::Add(const ObjectPtr& event) {
  entries_.push_back({kernel_.now() + ttl_, event->key(), event->meta().revision});
  Arm();
}

void EventExpiry::Arm() {
  if (is_armed_ || entries_.empty()) return;
  is_armed_ = true;
  kernel_.At(
      entries_.front().due, sim::Lane::kStore, "events.expire", "", [this] { Run(); },
      sim::Work::kHousekeeping);
}

void EventExpiry::Run() {
  is_armed_ = false;
  while (!entries_.empty() && entries_.front().due <= kernel_.now()) {
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    const ObjectPtr event = store_.Find(kEvents, entry.key);
    // Written to since, or deleted: not this entry's any more.
    if (event == nullptr || event->meta().revision != entry.revision) continue;
    store_.Delete(kEvents, entry.key, nullptr, false);
  }
  Arm();
}

}  // namespace apiserver
