#include "scenarios/runner/power.h"

namespace scenarios {

std::string ChangePower(sim::Kernel& kernel, nodes::NodePool& pool, const PowerChange& change) {
  if (pool.Find(change.node) == nullptr) return "there is no node \"" + change.node + "\"";
  const bool is_changed =
      change.has_power ? pool.PowerReturn(change.node) : pool.PowerLoss(change.node);
  if (!is_changed) {
    return "node " + change.node +
           (change.has_power ? " has its power" : " has lost its power before");
  }
  if (!change.undo_after) return "";
  kernel.After(
      *change.undo_after, sim::Lane::kControl, "scenario.power", change.node,
      [&pool, change] {
        if (change.has_power) {
          pool.PowerLoss(change.node);
        } else {
          pool.PowerReturn(change.node);
        }
      },
      sim::Work::kWork);
  return "";
}

}  // namespace scenarios
