// Rolls a Deployment's pod template out over its ReplicaSets.
//
// One run makes at most one kind of step (a scaling, a new set) and then writes status; the
// ReplicaSets' changes bring the next run.
#pragma once

#include <set>

#include "controllers/deployment/deployment_status.h"
#include "controllers/deployment/deployment_view.h"
#include "controllers/deployment/rollout_plan.h"
#include "controllers/framework/controller.h"
#include "controllers/framework/ownership.h"

namespace controllers {

class DeploymentController final : public Controller {
 public:
  explicit DeploymentController(const ControllerContext& context);

 private:
  struct OwnedSet {
    ObjectPtr object;
    ReplicaSetSummary summary;
  };
  // What one run works on; kept up to date with its own writes.
  struct Rollout {
    ObjectPtr object;
    std::shared_ptr<const Value> value;
    DeploymentView view;
    std::vector<OwnedSet> sets;
    std::optional<std::size_t> new_set;  // index into `sets`
    std::optional<std::string> error;    // stops the run: retry
    std::vector<std::size_t> OldSets() const;
  };
  enum class CreateNewSet : std::uint8_t { kNo, kYes };

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<> Load(Rollout* rollout);
  sim::Task<> CheckPaused(Rollout* rollout);
  sim::Task<> SyncRevisions(Rollout* rollout, CreateNewSet create);
  sim::Task<> UpdateNewSet(Rollout* rollout, std::int64_t revision);
  sim::Task<> MakeNewSet(Rollout* rollout, std::int64_t revision);
  sim::Task<> HandleCollision(Rollout* rollout, ObjectKey key, std::string message);
  sim::Task<bool> Scale(Rollout* rollout, std::size_t set, int replicas, bool is_annotating);
  sim::Task<bool> ScaleAll(Rollout* rollout, std::vector<ScaleStep> steps,
                           std::vector<std::size_t> indices);
  sim::Task<> ScaleOnly(Rollout* rollout);
  sim::Task<bool> Roll(Rollout* rollout);
  sim::Task<bool> Recreate(Rollout* rollout);
  sim::Task<> CleanUp(Rollout* rollout);
  // Writes `status`, and the revision annotation when `revision` is not 0.
  sim::Task<> Write(Rollout* rollout, Value status, std::int64_t revision);
  sim::Task<> WriteCondition(Rollout* rollout, Condition condition, std::int64_t revision);

  static Value PresentStatus(const Rollout& rollout);
  void SetObject(Rollout* rollout, ObjectPtr object) const;
  DeploymentStatusInput StatusInput(const Rollout& rollout, std::vector<CountedSet>& old_sets,
                                    std::vector<std::shared_ptr<const Value>>& kept) const;
  bool HasScalingEvent(const Rollout& rollout) const;
  bool HasOldPods(const Rollout& rollout) const;
  std::vector<RolloutSet> Sets(const Rollout& rollout, const std::vector<std::size_t>& which) const;

  void OnReplicaSet(const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set);
  void OnPodDeleted(const ObjectMeta& pod);

  DeploymentInformer& deployments_;
  ReplicaSetInformer& replica_sets_;
  PodInformer& pods_;
};

}  // namespace controllers
