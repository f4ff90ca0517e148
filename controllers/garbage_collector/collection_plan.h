// What the garbage collector does about one object, given the state of its owners.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/garbagecollector/garbagecollector.go,
// attemptToDeleteItem.
#pragma once

#include <string>
#include <vector>

#include "controllers/framework/names.h"

namespace controllers {

inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

bool HasFinalizer(const ObjectMeta& meta, std::string_view finalizer);

enum class OwnerState : std::uint8_t {
  kSolid,    // there, and not waiting for its dependents
  kAbsent,   // no such object, or one with another uid
  kWaiting,  // being deleted in the foreground
};

enum class CollectionAction : std::uint8_t {
  kKeep,
  kDropReferences,  // to absent and waiting owners: another owner keeps the object
  kDeleteForeground,
  kDeleteBackground,
  kDeleteOrphaning,  // its own finalizer asks for it
};

struct CollectionPlan {
  CollectionAction action = CollectionAction::kKeep;
  bool unblocks_owners = false;             // a circle: nobody may wait for this object
  std::vector<std::string> dropped_owners;  // uids, for kDropReferences
};

// `states` lie beside meta.owners. `has_waiting_dependent`: one of its dependents is itself
// waiting.
CollectionPlan PlanCollection(const ObjectMeta& meta, const std::vector<OwnerState>& states,
                              bool has_dependents, bool has_waiting_dependent);

}  // namespace controllers
