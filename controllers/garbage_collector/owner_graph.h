// Who depends on whom, by owner references, over all resources.
//
// Invariants: (1) only objects with owners are kept; (2) every operation costs O(log n) per owner
// reference.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controllers/framework/names.h"

namespace controllers {

// An object anywhere: its resource and key.
struct ObjectIdentity {
  GroupResource resource;
  ObjectKey key;
  auto operator<=>(const ObjectIdentity&) const = default;
  // As a key of a work queue, and back.
  ObjectKey ToQueueKey() const;
  static ObjectIdentity FromQueueKey(const ObjectKey& key);
};

struct Dependent {
  ObjectIdentity identity;
  bool blocks_owner = false;
};

class OwnerGraph {
 public:
  // Replaces what is known of the object. True: its owners are others than before.
  bool Put(const ObjectIdentity& object, const ObjectMeta& meta);
  void Remove(const ObjectIdentity& object);

  std::vector<Dependent> DependentsOf(const std::string& owner_uid) const;
  bool HasDependents(const std::string& owner_uid) const { return dependents_.contains(owner_uid); }

 private:
  std::map<std::string, std::map<ObjectIdentity, bool>> dependents_;  // owner uid -> who, blocks
  std::map<ObjectIdentity, std::vector<std::string>> owners_;
};

}  // namespace controllers
