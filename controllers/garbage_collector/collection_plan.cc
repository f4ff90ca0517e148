#include "controllers/garbage_collector/collection_plan.h"

#include <algorithm>

namespace controllers {

bool HasFinalizer(const ObjectMeta& meta, std::string_view finalizer) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer) !=
         meta.finalizers.end();
}

CollectionPlan PlanCollection(const ObjectMeta& meta, const std::vector<OwnerState>& states,
                              bool has_dependents, bool has_waiting_dependent) {
  CollectionPlan plan;
  if (states.empty()) return plan;
  bool has_solid = false, has_waiting = false;
  for (std::size_t i = 0; i < states.size(); ++i) {
    has_solid |= states[i] == OwnerState::kSolid;
    has_waiting |= states[i] == OwnerState::kWaiting;
    if (states[i] != OwnerState::kSolid) plan.dropped_owners.push_back(meta.owners[i].uid);
  }
  if (has_solid) {
    if (!plan.dropped_owners.empty()) plan.action = CollectionAction::kDropReferences;
    return plan;
  }
  if (has_waiting && has_dependents) {
    plan.action = CollectionAction::kDeleteForeground;
    plan.unblocks_owners = has_waiting_dependent;
  } else if (HasFinalizer(meta, kOrphanFinalizer)) {
    plan.action = CollectionAction::kDeleteOrphaning;
  } else if (HasFinalizer(meta, kForegroundFinalizer)) {
    plan.action = CollectionAction::kDeleteForeground;
  } else {
    plan.action = CollectionAction::kDeleteBackground;
  }
  return plan;
}

}  // namespace controllers
