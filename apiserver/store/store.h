// The authoritative state: every object, ordered by key, one revision counter, a bounded history.
//
// Invariants:
// (1) Each commit raises the revision by exactly one and touches exactly one object.
// (2) History holds every commit after compacted_revision(), in order; older revisions answer
// "expired". (3) Observers are told of a commit synchronously and may only queue work; no handler
// runs inside a commit. Threads: the kernel's only. Durability (SQLite) sits behind CommitSink and
// is never waited for here.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"
#include "sim/time.h"

namespace sim {
class Kernel;
}

namespace apiserver {

enum class ChangeType : std::uint8_t { kAdded, kModified, kDeleted };

// One commit. For kDeleted `object` is the last state with the revision of the deletion.
struct Change {
  ChangeType type = ChangeType::kAdded;
  Revision revision = 0;
  sim::Time time;
  GroupResource resource;
  ObjectPtr object;
  ObjectPtr previous;  // null for kAdded
};
using ChangePtr = std::shared_ptr<const Change>;

// Bounds of the changes that are kept for watches and exact lists; the oldest go first.
struct StoreLimits {
  std::size_t history_count_max = 100'000;
  std::size_t history_bytes_max = std::size_t{256} << 20;  // of the objects in it
  std::optional<sim::Duration> history_age_max{};          // applied when something is committed
};

// A slice of one resource in key order.
struct StoreRange {
  std::string namespace_{};  // "" = all namespaces
  std::optional<ObjectKey> start_after{};
  std::size_t limit = 0;  // 0 = no limit
};

class Store {
 public:
  using Observer = std::function<void(const ChangePtr&)>;

  Store(sim::Kernel& kernel, StoreLimits limits);

  Revision revision() const { return revision_; }
  Revision compacted_revision() const { return compacted_revision_; }

  // The newest state, or null.
  ObjectPtr Find(const GroupResource& resource, const ObjectKey& key) const;
  // Calls `visit` for the newest objects in key order until it returns false.
  void Visit(const GroupResource& resource, const StoreRange& range,
             const std::function<bool(const ObjectPtr&)>& visit) const;
  // The objects as they were at `revision`. Requires: compacted_revision() <= revision <=
  // this->revision().
  std::vector<ObjectPtr> ListAt(const GroupResource& resource, const StoreRange& range,
                                Revision revision) const;
  std::size_t Count(const GroupResource& resource) const;
  // Every resource of which an object was ever committed or restored, in order.
  std::vector<GroupResource> Resources() const;

  // Commits `object` as the newest state; its resourceVersion is set here. `is_work` is false for
  // commits that change only leases, heartbeat times and deadlines (they do not end a housekeeping
  // mark). Requires: for Create the key is free; for Update and Delete it is taken.
  ObjectPtr Create(const GroupResource& resource, const Value& object, bool is_work = true);
  ObjectPtr Update(const GroupResource& resource, const Value& object, bool is_work = true);
  // The same with what WithValue made of the newest state, under the next revision.
  ObjectPtr Replace(const GroupResource& resource, ObjectPtr updated, bool is_work = true);
  // `last_state` when given replaces the stored state in the DELETED event.
  // Returns the last state with the revision of the deletion.
  ObjectPtr Delete(const GroupResource& resource, const ObjectKey& key,
                   const Value* last_state = nullptr, bool is_work = true);

  // The changes after `after` in order, or nullopt when some are compacted away.
  std::optional<std::vector<ChangePtr>> ChangesAfter(Revision after) const;
  // Forgets history up to `revision`.
  void Compact(Revision revision);

  // Observers are called in the order in which they were added.
  void AddObserver(Observer observer);

  // Restores state at start-up, before any commit: objects keep their revisions.
  void Restore(Revision revision, Revision compacted_revision,
               std::vector<std::pair<GroupResource, ObjectPtr>> objects,
               std::vector<ChangePtr> history);

 private:
  struct KeyView {
    std::string_view namespace_;
    std::string_view name;
    auto operator<=>(const KeyView&) const = default;
  };
  // Sorted by the key that lies in the object itself: no copy of it is kept.
  struct Slot {
    mutable ObjectPtr object;  // replaced only by one of the same key
  };
  struct SlotOrder {
    using is_transparent = void;
    static KeyView KeyOf(const Slot& slot) {
      return {slot.object->meta().namespace_, slot.object->meta().name};
    }
    static KeyView KeyOf(const KeyView& key) { return key; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return KeyOf(a) < KeyOf(b);
    }
  };
  struct KeyHash {
    std::size_t operator()(const KeyView& key) const {
      return std::hash<std::string_view>()(key.namespace_) * 31 +
             std::hash<std::string_view>()(key.name);
    }
  };
  // The objects of one resource: in key order, and a way to one of them that does not depend on
  // their number.
  class Slots {
   public:
    using Set = std::set<Slot, SlotOrder>;
    const Set& in_order() const { return set_; }
    const ObjectPtr* Find(const KeyView& key) const;
    bool Insert(ObjectPtr object);
    // Requires: an object of the same key is there. Returns it.
    ObjectPtr Replace(ObjectPtr object);
    ObjectPtr Erase(const KeyView& key);

   private:
    Set set_;
    // The keys lie in the objects; only looked up, never iterated.
    std::unordered_map<KeyView, Set::iterator, KeyHash> by_key_;
  };

  const Slots* SlotsOf(const GroupResource& resource) const;
  void Commit(ChangeType type, const GroupResource& resource, ObjectPtr object, ObjectPtr previous,
              bool is_work);
  void Remember(ChangePtr change);
  void ForgetOldest();

  sim::Kernel& kernel_;
  const StoreLimits limits_;
  Revision revision_ = 0;
  Revision compacted_revision_ = 0;
  std::map<GroupResource, Slots> objects_;
  std::deque<ChangePtr>
      history_;  // of the revisions compacted_revision_ + 1 to revision_, without a gap
  std::size_t history_bytes_ = 0;
  std::vector<Observer> observers_;
};

}  // namespace apiserver
