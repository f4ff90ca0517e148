#include "apiserver/store/store.h"

#include "sim/check.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

std::size_t BytesOf(const StoredObject& object) {
  return object.json().size() + object.managed_fields().size();
}

bool IsInRange(const ObjectKey& key, const StoreRange& range) {
  if (!range.namespace_.empty() && key.namespace_ != range.namespace_) return false;
  return !range.start_after || *range.start_after < key;
}

}  // namespace

Store::Store(sim::Kernel& kernel, StoreLimits limits) : kernel_(kernel), limits_(limits) {}

const ObjectPtr* Store::Slots::Find(const KeyView& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second->object;
}

bool Store::Slots::Insert(ObjectPtr object) {
  const auto [at, is_new] = set_.insert(Slot{std::move(object)});
  if (is_new) by_key_.emplace(SlotOrder::KeyOf(*at), at);
  return is_new;
}

ObjectPtr Store::Slots::Replace(ObjectPtr object) {
  // The entry's key lies in the object that goes: the entry moves over to the one that comes.
  const KeyView key = SlotOrder::KeyOf(Slot{object});
  auto entry = by_key_.extract(key);
  SIM_CHECK_MSG(!entry.empty(), object->key().Text());
  const Set::iterator at = entry.mapped();
  entry.key() = key;
  by_key_.insert(std::move(entry));
  return std::exchange(at->object, std::move(object));
}

ObjectPtr Store::Slots::Erase(const KeyView& key) {
  const auto entry = by_key_.extract(key);
  if (entry.empty()) return nullptr;
  ObjectPtr object = entry.mapped()->object;
  set_.erase(entry.mapped());
  return object;
}

const Store::Slots* Store::SlotsOf(const GroupResource& resource) const {
  const auto found = objects_.find(resource);
  return found == objects_.end() ? nullptr : &found->second;
}

ObjectPtr Store::Find(const GroupResource& resource, const ObjectKey& key) const {
  const Slots* slots = SlotsOf(resource);
  if (slots == nullptr) return nullptr;
  const ObjectPtr* found = slots->Find({key.namespace_, key.name});
  return found == nullptr ? nullptr : *found;
}

std::vector<GroupResource> Store::Resources() const {
  std::vector<GroupResource> resources;
  resources.reserve(objects_.size());
  for (const auto& [resource, objects] : objects_) resources.push_back(resource);
  return resources;
}

std::size_t Store::Count(const GroupResource& resource) const {
  const Slots* slots = SlotsOf(resource);
  return slots == nullptr ? 0 : slots->in_order().size();
}

void Store::Visit(const GroupResource& resource, const StoreRange& range,
                  const std::function<bool(const ObjectPtr&)>& visit) const {
  const Slots* found = SlotsOf(resource);
  if (found == nullptr) return;
  const Slots::Set& slots = found->in_order();
  const KeyView first{range.namespace_, {}};
  auto at = slots.lower_bound(first);
  if (range.start_after) {
    const KeyView after{range.start_after->namespace_, range.start_after->name};
    if (first <= after) at = slots.upper_bound(after);
  }
  std::size_t count = 0;
  for (; at != slots.end(); ++at) {
    if (!range.namespace_.empty() && at->object->meta().namespace_ != range.namespace_) return;
    if (range.limit != 0 && count++ == range.limit) return;
    if (!visit(at->object)) return;
  }
}

std::vector<ObjectPtr> Store::ListAt(const GroupResource& resource, const StoreRange& range,
                                     Revision revision) const {
  SIM_CHECK(compacted_revision_ <= revision && revision <= revision_);
  // The first change of a key after `revision` says what the key held then: null for nothing.
  std::map<ObjectKey, ObjectPtr> then;
  for (std::size_t index = revision - compacted_revision_; index < history_.size(); ++index) {
    const Change& change = *history_[index];
    if (change.resource != resource) continue;
    ObjectKey key = change.object->key();
    if (IsInRange(key, range)) then.emplace(std::move(key), change.previous);
  }

  std::vector<ObjectPtr> result;
  auto old = then.begin();
  const auto is_full = [&] { return range.limit != 0 && result.size() == range.limit; };
  const auto take = [&](const ObjectPtr& object) {
    if (object != nullptr && !is_full()) result.push_back(object);
  };
  StoreRange all = range;
  all.limit = 0;
  Visit(resource, all, [&](const ObjectPtr& object) {
    const ObjectKey key = object->key();
    for (; old != then.end() && old->first < key; ++old) take(old->second);
    if (old != then.end() && old->first == key) {
      take(old->second);
      ++old;
    } else {
      take(object);
    }
    return !is_full();
  });
  for (; old != then.end() && !is_full(); ++old) take(old->second);
  return result;
}

ObjectPtr Store::Create(const GroupResource& resource, const Value& object, bool is_work) {
  ObjectPtr created = StoredObject::Make(object, revision_ + 1);
  const bool is_new = objects_[resource].Insert(created);
  SIM_CHECK_MSG(is_new, created->key().Text());
  Commit(ChangeType::kAdded, resource, created, nullptr, is_work);
  return created;
}

ObjectPtr Store::Update(const GroupResource& resource, const Value& object, bool is_work) {
  return Replace(resource, StoredObject::Make(object, revision_ + 1), is_work);
}

ObjectPtr Store::Replace(const GroupResource& resource, ObjectPtr updated, bool is_work) {
  SIM_CHECK(updated->meta().revision == revision_ + 1);
  ObjectPtr previous = objects_[resource].Replace(updated);
  Commit(ChangeType::kModified, resource, updated, std::move(previous), is_work);
  return updated;
}

ObjectPtr Store::Delete(const GroupResource& resource, const ObjectKey& key,
                        const Value* last_state, bool is_work) {
  ObjectPtr previous = objects_[resource].Erase({key.namespace_, key.name});
  SIM_CHECK_MSG(previous != nullptr, key.Text());
  ObjectPtr deleted = last_state != nullptr ? StoredObject::Make(*last_state, revision_ + 1)
                                            : previous->WithRevision(revision_ + 1);
  SIM_CHECK(deleted->key() == key);
  Commit(ChangeType::kDeleted, resource, deleted, std::move(previous), is_work);
  return deleted;
}

void Store::Commit(ChangeType type, const GroupResource& resource, ObjectPtr object,
                   ObjectPtr previous, bool is_work) {
  ++revision_;
  kernel_.NoteCommit(object->json(), is_work ? sim::Work::kWork : sim::Work::kHousekeeping);
  kernel_.digest().Add(object->managed_fields());
  kernel_.digest().Add(static_cast<std::uint64_t>(type));
  ChangePtr change = std::make_shared<const Change>(Change{.type = type,
                                                           .revision = revision_,
                                                           .time = kernel_.now(),
                                                           .resource = resource,
                                                           .object = std::move(object),
                                                           .previous = std::move(previous)});
  Remember(change);
  for (const Observer& observer : observers_) observer(change);
}

void Store::Remember(ChangePtr change) {
  const sim::Time now = change->time;
  history_bytes_ += BytesOf(*change->object);
  history_.push_back(std::move(change));
  const auto is_over = [&] {
    return history_.size() > limits_.history_count_max ||
           history_bytes_ > limits_.history_bytes_max ||
           (limits_.history_age_max && now - history_.front()->time > *limits_.history_age_max);
  };
  while (!history_.empty() && is_over()) ForgetOldest();
}

void Store::ForgetOldest() {
  history_bytes_ -= BytesOf(*history_.front()->object);
  compacted_revision_ = history_.front()->revision;
  history_.pop_front();
}

std::optional<std::vector<ChangePtr>> Store::ChangesAfter(Revision after) const {
  if (after < compacted_revision_) return std::nullopt;
  if (after >= revision_) return std::vector<ChangePtr>();
  return std::vector<ChangePtr>(
      history_.begin() + static_cast<std::ptrdiff_t>(after - compacted_revision_), history_.end());
}

void Store::Compact(Revision revision) {
  while (!history_.empty() && compacted_revision_ < revision) ForgetOldest();
}

void Store::AddObserver(Observer observer) { observers_.push_back(std::move(observer)); }

void Store::Restore(Revision revision, Revision compacted_revision,
                    std::vector<std::pair<GroupResource, ObjectPtr>> objects,
                    std::vector<ChangePtr> history) {
  SIM_CHECK(revision_ == 0 && objects_.empty());
  SIM_CHECK(compacted_revision + history.size() == revision);
  for (auto& [resource, object] : objects) {
    objects_[std::move(resource)].Insert(std::move(object));
  }
  revision_ = compacted_revision;
  compacted_revision_ = compacted_revision;
  for (ChangePtr& change : history) {
    SIM_CHECK(change->revision == ++revision_);
    Remember(std::move(change));
  }
}

}  // namespace apiserver
