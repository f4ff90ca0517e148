// Keeps the status of PodDisruptionBudgets, upon which evictions are decided.
#pragma once

#include <set>

#include "controllers/disruption/disruption_plan.h"
#include "controllers/framework/controller.h"

namespace controllers {

class DisruptionController final : public Controller {
 public:
  explicit DisruptionController(const ControllerContext& context);

 private:
  // What the controllers of the pods want, and whether some pods have none.
  struct Scale {
    int replicas = 0;
    bool has_unmanaged = false;
  };

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  Scale ScaleOf(const std::vector<PodPtr>& pods) const;
  // The wanted size of a pod's controller; nullopt when it has none that scales.
  std::optional<std::pair<std::string, int>> ScaleOfController(const ObjectMeta& pod) const;
  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);
  void EnqueueFor(const ObjectMeta& pod);

  WorkloadInformer& budgets_;
  PodInformer& pods_;
};

}  // namespace controllers
