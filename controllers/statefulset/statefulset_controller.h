// Gives each ordinal of a StatefulSet its pod and its claims, in order, revision by revision.
#pragma once

#include "controllers/framework/controller.h"
#include "controllers/framework/ownership.h"
#include "controllers/framework/revision_history.h"
#include "controllers/statefulset/stateful_plan.h"
#include "controllers/statefulset/stateful_pod.h"

namespace controllers {

class StatefulSetController final : public Controller {
 public:
  explicit StatefulSetController(const ControllerContext& context);

 private:
  struct Run;

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  // Sets current and update revision of the run. False: run->error says why.
  sim::Task<bool> LoadRevisions(Run* run);
  sim::Task<bool> LoadPods(Run* run);
  sim::Task<bool> Apply(Run* run, StatefulStep step);
  sim::Task<bool> CreatePod(Run* run, int ordinal, std::string revision);
  sim::Task<bool> DeletePod(Run* run, PodPtr pod);
  sim::Task<bool> CreateClaims(Run* run, int ordinal);
  sim::Task<bool> OwnClaims(Run* run, PodPtr pod, bool is_condemned);
  Value Status(const Run& run) const;
  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);

  WorkloadInformer& sets_;
  PodInformer& pods_;
  PlainInformer& revisions_;
};

}  // namespace controllers
