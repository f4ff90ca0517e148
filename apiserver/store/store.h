// The authoritative state: every object, ordered by key, one revision counter, a bounded history.
//
// Invariants:
// (1) Each commit raises the revision by exactly one and touches exactly one object.
// (2) History holds every commit after compacted_revision(), in order; older revisions answer "expired".
// (3) Observers are told of a commit synchronously and may only queue work; no handler runs inside a commit.
// Threads: the kernel's only. Durability (SQLite) sits behind CommitSink and is never waited for here.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"

namespace sim {
class Kernel;
}

namespace apiserver {

enum class ChangeType : std::uint8_t { kAdded, kModified, kDeleted };

// One commit. For kDeleted `object` is the last state with the revision of the deletion.
struct Change {
  ChangeType type = ChangeType::kAdded;
  Revision revision = 0;
  GroupResource resource;
  ObjectPtr object;
  ObjectPtr previous;  // null for kAdded
};
using ChangePtr = std::shared_ptr<const Change>;

struct StoreLimits {
  std::size_t history_count_max = 100'000;   // changes kept for watches and exact lists
};

// A slice of one resource in key order.
struct StoreRange {
  std::string namespace_;   // "" = all namespaces
  std::optional<ObjectKey> start_after;
  std::size_t limit = 0;    // 0 = no limit
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
  // The objects as they were at `revision`. Requires: compacted_revision() <= revision <= this->revision().
  std::vector<ObjectPtr> ListAt(const GroupResource& resource, const StoreRange& range,
                                Revision revision) const;
  std::size_t Count(const GroupResource& resource) const;

  // Commits `object` as the newest state; its resourceVersion is set here. `is_work` is false for commits that
  // change only leases, heartbeat times and deadlines (they do not end a housekeeping mark).
  // Requires: for Create the key is free; for Update and Delete it is taken.
  ObjectPtr Create(const GroupResource& resource, const Value& object, bool is_work = true);
  ObjectPtr Update(const GroupResource& resource, const Value& object, bool is_work = true);
  // `last_state` when given replaces the stored state in the DELETED event.
  ObjectPtr Delete(const GroupResource& resource, const ObjectKey& key, const Value* last_state = nullptr);

  // The changes after `after` in order, or nullopt when some are compacted away.
  std::optional<std::vector<ChangePtr>> ChangesAfter(Revision after) const;
  // Forgets history up to `revision`.
  void Compact(Revision revision);

  // Observers are called in the order in which they were added.
  void AddObserver(Observer observer);

  // Restores state at start-up, before any commit: objects keep their revisions.
  void Restore(Revision revision, Revision compacted_revision,
               std::vector<std::pair<GroupResource, ObjectPtr>> objects, std::vector<ChangePtr> history);

 private:
  struct ByResource;
  sim::Kernel& kernel_;
  StoreLimits limits_;
  Revision revision_ = 0;
  Revision compacted_revision_ = 0;
  std::map<GroupResource, std::map<ObjectKey, ObjectPtr>> objects_;
  std::deque<ChangePtr> history_;
  std::vector<Observer> observers_;
};

}  // namespace apiserver
