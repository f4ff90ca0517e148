// Keeps as many pods as ReplicaSets (and, as a second instance, ReplicationControllers) ask for.
#pragma once

#include <set>

#include "controllers/framework/controller.h"
#include "controllers/framework/expectations.h"
#include "controllers/framework/ownership.h"
#include "controllers/replicaset/replica_plan.h"
#include "controllers/replicaset/replica_status.h"

namespace controllers {

// Which of the two kinds an instance serves.
struct ReplicaFlavor {
  Controller::Identity identity;
  GroupVersionResource resource;
  GroupVersionKind kind;
  bool has_terminating = true;
};

ReplicaFlavor ReplicaSetFlavor();
ReplicaFlavor ReplicationControllerFlavor();

class ReplicaSetController final : public Controller {
 public:
  ReplicaSetController(const ControllerContext& context, ReplicaFlavor flavor);

 private:
  struct Applied {
    std::optional<ReplicaFailure> failure;
  };

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<Applied> CreatePods(ReplicaSetPtr set, int count);
  sim::Task<Applied> DeletePods(ReplicaSetPtr set, std::vector<PodPtr> pods);
  sim::Task<Applied> Manage(ReplicaSetPtr set, std::vector<PodPtr> active);
  sim::Task<apiserver::ApiResult<std::vector<PodPtr>>> ClaimPods(ReplicaSetPtr set);

  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);
  void OnSet(const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set);
  // The set that controls the object, or null.
  ReplicaSetPtr ControllerOf(const ObjectMeta& meta) const;
  void EnqueueForOrphan(const ObjectMeta& pod);
  PodsPerNode RelatedPods(const ReplicaSetPtr& set);

  ReplicaFlavor flavor_;
  ReplicaSetInformer& sets_;
  PodInformer& pods_;
  Expectations expectations_;
  std::set<ObjectKey> may_adopt_;  // sets for which an orphan may be waiting
};

}  // namespace controllers
