#include "controllers/deployment/deployment_controller.h"

#include <algorithm>

#include "controllers/deployment/replicaset_template.h"
#include "controllers/framework/pod_template.h"
#include "controllers/framework/template_hash.h"

namespace controllers {
namespace {

const GroupVersionKind kDeploymentKind{"apps", "v1", "Deployment"};

}  // namespace

DeploymentController::DeploymentController(const ControllerContext& context)
    : Controller(context, {"deployment-controller", "deployment-controller.sync", ""}),
      deployments_(informers().deployments()),
      replica_sets_(informers().replica_sets()),
      pods_(informers().pods()) {
  EnqueueChangesOf(deployments_);
  replica_sets_.AddHandler([this](const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set) {
    OnReplicaSet(old_set, new_set);
  });
  pods_.AddHandler([this](const PodPtr& old_pod, const PodPtr& new_pod) {
    if (!new_pod) OnPodDeleted(old_pod->meta());
  });
}

void DeploymentController::OnReplicaSet(const ReplicaSetPtr& old_set,
                                        const ReplicaSetPtr& new_set) {
  for (const ReplicaSetPtr& set : {old_set, new_set}) {
    if (!set) continue;
    const apiserver::OwnerReference* owner = set->meta().Controller();
    if (owner == nullptr || owner->kind != kDeploymentKind.kind) continue;
    Enqueue({set->meta().namespace_, owner->name});
  }
  const bool is_orphan =
      new_set && new_set->meta().Controller() == nullptr && !new_set->meta().is_deleting();
  if (!is_orphan) return;
  for (const auto& deployment : deployments_.ByIndex("namespace", new_set->meta().namespace_)) {
    if (deployment->summary.selector.Matches(new_set->meta().labels)) {
      Enqueue(deployment->meta().key());
    }
  }
}

// Only Recreate waits for pods to go.
void DeploymentController::OnPodDeleted(const ObjectMeta& pod) {
  const apiserver::OwnerReference* owner = pod.Controller();
  if (owner == nullptr || owner->kind != "ReplicaSet") return;
  const ReplicaSetPtr set = replica_sets_.Find({pod.namespace_, owner->name});
  if (!set || set->meta().Controller() == nullptr) return;
  const ObjectKey key{pod.namespace_, set->meta().Controller()->name};
  const auto deployment = deployments_.Find(key);
  if (deployment && deployment->summary.is_recreate) Enqueue(key);
}

std::vector<std::size_t> DeploymentController::Rollout::OldSets() const {
  std::vector<std::size_t> old;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (i != new_set) old.push_back(i);
  }
  return old;
}

Value DeploymentController::PresentStatus(const Rollout& rollout) {
  const Value* status = apiserver::Find(*rollout.value, "status");
  return status == nullptr || !status->is_object() ? Value(Object()) : *status;
}

void DeploymentController::SetObject(Rollout* rollout, ObjectPtr object) const {
  rollout->object = std::move(object);
  rollout->value = rollout->object->Peek();
  rollout->view = ReadDeployment(*rollout->value, rollout->object->meta());
}

sim::Task<Outcome> DeploymentController::Reconcile(ObjectKey key) {
  const auto deployment = deployments_.Find(key);
  if (!deployment) co_return Outcome::Done();
  if (deployment->summary.selector.is_empty()) {
    events().Warning(Involve(kDeploymentKind, deployment->meta()), "SelectingAll",
                     "This deployment is selecting all pods. A non-empty selector is required.");
    co_return Outcome::Done();
  }
  Rollout rollout;
  SetObject(&rollout, deployment->object);
  co_await Load(&rollout);
  if (rollout.error) co_return Outcome::Retry(*rollout.error);

  bool is_rolling_out = false;
  if (deployment->meta().is_deleting()) {
    co_await SyncRevisions(&rollout, CreateNewSet::kNo);
  } else {
    co_await CheckPaused(&rollout);
    if (!rollout.error) {
      is_rolling_out = !rollout.view.is_paused && !HasScalingEvent(rollout);
      if (!is_rolling_out) {
        co_await ScaleOnly(&rollout);
      } else if (rollout.view.is_rolling) {
        co_await Roll(&rollout);
      } else {
        co_await Recreate(&rollout);
      }
    }
  }
  if (rollout.error) co_return Outcome::Retry(*rollout.error);

  std::vector<CountedSet> old_sets;
  std::vector<std::shared_ptr<const Value>> kept;
  const DeploymentStatusInput input = StatusInput(rollout, old_sets, kept);
  const Value status =
      is_rolling_out ? ComputeRolloutStatus(input) : ComputeDeploymentStatus(input);
  co_await Write(&rollout, status, 0);
  if (rollout.error) co_return Outcome::Retry(*rollout.error);
  if (!is_rolling_out) co_return Outcome::Done();
  const auto next = NextProgressCheck(rollout.view, status, now());
  if (next) co_return Outcome::After(*next);
  co_return Outcome::Done();
}

sim::Task<> DeploymentController::Load(Rollout* rollout) {
  const ObjectMeta& meta = rollout->object->meta();
  const auto deployment = deployments_.Find(meta.key());
  auto claimed = co_await ClaimObjects<ReplicaSetPtr>(
      &client(), kReplicaSets, kDeployments, kDeploymentKind, rollout->object,
      PlanClaims<ReplicaSetPtr>(meta, deployment->summary.selector,
                                replica_sets_.ByIndex("owner", meta.uid),
                                replica_sets_.ByIndex("orphan", meta.namespace_)));
  if (!claimed.ok()) {
    rollout->error = claimed.error().message;
    co_return;
  }
  std::vector<ReplicaSetPtr>& sets = *claimed;
  std::sort(sets.begin(), sets.end(), [](const ReplicaSetPtr& a, const ReplicaSetPtr& b) {
    return std::tie(a->summary.created, a->meta().name) <
           std::tie(b->summary.created, b->meta().name);
  });
  for (const ReplicaSetPtr& set : sets) {
    // The oldest of equal sets is the new one.
    if (!rollout->new_set && set->summary.template_text == rollout->view.template_text) {
      rollout->new_set = rollout->sets.size();
    }
    rollout->sets.push_back({set->object, set->summary});
  }
}

sim::Task<> DeploymentController::CheckPaused(Rollout* rollout) {
  if (!rollout->view.progress_deadline_seconds) co_return;
  const Value* progressing =
      FindCondition(apiserver::FindPath(*rollout->value, {"status", "conditions"}), "Progressing");
  const std::string_view reason =
      progressing == nullptr ? "" : apiserver::TextAt(*progressing, {"reason"});
  if (reason == "ProgressDeadlineExceeded") co_return;
  const bool was_paused = reason == "DeploymentPaused";
  if (rollout->view.is_paused == was_paused) co_return;
  Condition condition{"Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed"};
  if (rollout->view.is_paused) {
    condition = {"Progressing", "Unknown", "DeploymentPaused", "Deployment is paused"};
  }
  co_await WriteCondition(rollout, condition, 0);
}

bool DeploymentController::HasScalingEvent(const Rollout& rollout) const {
  for (const OwnedSet& set : rollout.sets) {
    if (set.summary.replicas == 0 || !set.summary.desired_annotation) continue;
    if (*set.summary.desired_annotation != rollout.view.replicas) return true;
  }
  return false;
}

sim::Task<> DeploymentController::SyncRevisions(Rollout* rollout, CreateNewSet create) {
  std::int64_t old_revision = 0;
  for (const std::size_t i : rollout->OldSets()) {
    old_revision = std::max(old_revision, rollout->sets[i].summary.deployment_revision);
  }
  if (rollout->new_set) {
    co_await UpdateNewSet(rollout, old_revision + 1);
  } else if (create == CreateNewSet::kYes) {
    co_await MakeNewSet(rollout, old_revision + 1);
  }
}

sim::Task<> DeploymentController::UpdateNewSet(Rollout* rollout, std::int64_t revision) {
  OwnedSet& set = rollout->sets[*rollout->new_set];
  Value updated = set.object->Parse();
  bool changed =
      AnnotateReplicaSet(updated, *rollout->value, rollout->view, revision, SetAge::kExisting);
  if (set.summary.min_ready_seconds != rollout->view.min_ready_seconds) {
    apiserver::EnsureObject(updated, "spec")["minReadySeconds"] = rollout->view.min_ready_seconds;
    changed = true;
  }
  if (changed) {
    const auto written = co_await client().Update(kReplicaSets, std::move(updated));
    if (!written.ok()) {
      rollout->error = written.error().message;
      co_return;
    }
    set.object = *written;
    set.summary = SummarizeReplicaSet(*(*written)->Peek(), (*written)->meta());
  }
  const std::string set_revision = std::to_string(set.summary.deployment_revision);
  const bool revision_differs =
      apiserver::TextAt(*rollout->value, {"metadata", "annotations", kRevisionAnnotation}) !=
      set_revision;
  const bool lacks_progress =
      rollout->view.progress_deadline_seconds &&
      FindCondition(apiserver::FindPath(*rollout->value, {"status", "conditions"}),
                    "Progressing") == nullptr;
  if (lacks_progress) {
    const std::string message = "Found new replica set \"" + set.object->meta().name + "\"";
    Condition condition{"Progressing", "True", "FoundNewReplicaSet", message};
    co_await WriteCondition(rollout, std::move(condition), set.summary.deployment_revision);
  } else if (revision_differs) {
    co_await Write(rollout, PresentStatus(*rollout), set.summary.deployment_revision);
  }
}

sim::Task<> DeploymentController::MakeNewSet(Rollout* rollout, std::int64_t revision) {
  const ObjectMeta meta = rollout->object->meta();
  std::optional<std::int64_t> collisions;
  if (rollout->view.has_collision_count) collisions = rollout->view.collision_count;
  const std::string hash = ContentHash(PodTemplateOf(*rollout->value), collisions);
  std::vector<RolloutSet> all = Sets(*rollout, rollout->OldSets());
  const int replicas = NewSetReplicas(rollout->view, all, RolloutSet());
  Value set = MakeReplicaSet(*rollout->value, meta, hash, replicas);
  AnnotateReplicaSet(set, *rollout->value, rollout->view, revision, SetAge::kNew);
  const std::string name(apiserver::TextAt(set, {"metadata", "name"}));
  auto created = co_await client().Create(kReplicaSets, meta.namespace_, std::move(set));
  if (!created.ok()) {
    if (created.error().code == 409) {
      ObjectKey key{meta.namespace_, name};
      co_await HandleCollision(rollout, std::move(key), created.error().message);
    } else {
      rollout->error = created.error().message;
      if (!IsNamespaceTerminating(created.error()) && rollout->view.progress_deadline_seconds) {
        const std::string message =
            "Failed to create new replica set \"" + name + "\": " + created.error().message;
        Condition condition{"Progressing", "False", "ReplicaSetCreateError", message};
        co_await WriteCondition(rollout, std::move(condition), 0);
      }
    }
    if (rollout->error) co_return;
  } else {
    rollout->new_set = rollout->sets.size();
    rollout->sets.push_back(
        {*created, SummarizeReplicaSet(*(*created)->Peek(), (*created)->meta())});
    if (replicas > 0) {
      events().Normal(Involve(kDeploymentKind, meta), "ScalingReplicaSet",
                      "Scaled up replica set " + name + " from 0 to " + std::to_string(replicas));
    }
  }
  if (rollout->view.progress_deadline_seconds) {
    const std::string message = "Created new replica set \"" + name + "\"";
    Condition condition{"Progressing", "True", "NewReplicaSetCreated", message};
    co_await WriteCondition(rollout, std::move(condition), revision);
  } else {
    co_await Write(rollout, PresentStatus(*rollout), revision);
  }
}

// The name is taken: by our own set that the cache lacks, or by a stranger, then another hash is
// tried.
sim::Task<> DeploymentController::HandleCollision(Rollout* rollout, ObjectKey key,
                                                  std::string message) {
  const ObjectPtr live = client().Live(kReplicaSets, key);
  if (live) {
    const std::shared_ptr<const Value> value = live->Peek();
    const apiserver::OwnerReference* owner = live->meta().Controller();
    const bool is_ours = owner != nullptr && owner->uid == rollout->object->meta().uid &&
                         TemplateText(*value) == rollout->view.template_text;
    if (is_ours) {
      rollout->new_set = rollout->sets.size();
      rollout->sets.push_back({live, SummarizeReplicaSet(*value, live->meta())});
      co_return;
    }
  }
  Value status = PresentStatus(*rollout);
  status.get_object()["collisionCount"] = rollout->view.collision_count + 1;
  co_await Write(rollout, std::move(status), 0);
  if (!rollout->error) rollout->error = message;
}

std::vector<RolloutSet> DeploymentController::Sets(const Rollout& rollout,
                                                   const std::vector<std::size_t>& which) const {
  std::vector<RolloutSet> sets;
  for (const std::size_t i : which) {
    const OwnedSet& set = rollout.sets[i];
    sets.push_back({set.object->meta().name, set.summary.replicas, set.summary.status_replicas,
                    set.summary.available_replicas, set.summary.max_annotation,
                    set.summary.created});
  }
  return sets;
}

// True: the size changed. `is_annotating`: sizes that stay are written when their annotations are
// old.
sim::Task<bool> DeploymentController::Scale(Rollout* rollout, std::size_t index, int replicas,
                                            bool is_annotating) {
  OwnedSet& set = rollout->sets[index];
  const int before = set.summary.replicas;
  if (before == replicas && !is_annotating) co_return false;
  Value updated = set.object->Parse();
  const bool annotated = AnnotateSize(updated, rollout->view);
  if (before == replicas && !annotated) co_return false;
  apiserver::EnsureObject(updated, "spec")["replicas"] = replicas;
  const auto written = co_await client().Update(kReplicaSets, std::move(updated));
  if (!written.ok()) {
    rollout->error = written.error().message;
    co_return false;
  }
  set.object = *written;
  set.summary = SummarizeReplicaSet(*(*written)->Peek(), (*written)->meta());
  if (before == replicas) co_return false;
  events().Normal(Involve(kDeploymentKind, rollout->object->meta()), "ScalingReplicaSet",
                  std::string(before < replicas ? "Scaled up" : "Scaled down") + " replica set " +
                      set.object->meta().name + " from " + std::to_string(before) + " to " +
                      std::to_string(replicas));
  co_return true;
}

// `indices` are the places in rollout->sets of the sets that were planned.
sim::Task<bool> DeploymentController::ScaleAll(Rollout* rollout, std::vector<ScaleStep> steps,
                                               std::vector<std::size_t> indices) {
  bool has_scaled = false;
  for (const ScaleStep& step : steps) {
    const bool scaled = co_await Scale(rollout, indices[step.set], step.replicas, false);
    has_scaled |= scaled;
    if (rollout->error) break;
  }
  co_return has_scaled;
}

sim::Task<> DeploymentController::ScaleOnly(Rollout* rollout) {
  co_await SyncRevisions(rollout, CreateNewSet::kNo);
  if (rollout->error) co_return;
  std::vector<std::size_t> all(rollout->sets.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  bool is_saturated = false;
  if (rollout->new_set) {
    const ReplicaSetSummary& set = rollout->sets[*rollout->new_set].summary;
    is_saturated = set.replicas == rollout->view.replicas &&
                   set.desired_annotation == rollout->view.replicas &&
                   set.available_replicas == rollout->view.replicas;
  }
  const ScalePlan plan =
      PlanScale(rollout->view, Sets(*rollout, all), rollout->new_set, is_saturated);
  for (const ScaleStep& step : plan.steps) {
    co_await Scale(rollout, step.set, step.replicas, plan.is_annotating);
    if (rollout->error) co_return;
  }
  if (rollout->view.is_paused) co_await CleanUp(rollout);
}

sim::Task<bool> DeploymentController::Roll(Rollout* rollout) {
  co_await SyncRevisions(rollout, CreateNewSet::kYes);
  if (rollout->error) co_return false;
  const std::size_t new_index = *rollout->new_set;
  const std::vector<std::size_t> old = rollout->OldSets();
  const std::vector<RolloutSet> old_sets = Sets(*rollout, old);
  const RolloutSet new_set = Sets(*rollout, {new_index}).front();
  const std::optional<int> grown = PlanNewSet(rollout->view, old_sets, new_set);
  if (grown) {
    const bool scaled = co_await Scale(rollout, new_index, *grown, false);
    co_return scaled;
  }
  const bool shrunk =
      co_await ScaleAll(rollout, PlanOldSets(rollout->view, old_sets, new_set), old);
  if (shrunk || rollout->error) co_return shrunk;
  const Value* status = apiserver::Find(*rollout->value, "status");
  if (status != nullptr && IsDeploymentComplete(rollout->view, *status)) co_await CleanUp(rollout);
  co_return false;
}

sim::Task<bool> DeploymentController::Recreate(Rollout* rollout) {
  co_await SyncRevisions(rollout, CreateNewSet::kNo);
  if (rollout->error) co_return false;
  const std::vector<std::size_t> old = rollout->OldSets();
  const bool shrunk = co_await ScaleAll(rollout, PlanAllDown(Sets(*rollout, old)), old);
  if (shrunk || rollout->error || HasOldPods(*rollout)) co_return shrunk;
  if (!rollout->new_set) {
    co_await SyncRevisions(rollout, CreateNewSet::kYes);
    if (rollout->error) co_return false;
  }
  const bool grown = co_await Scale(rollout, *rollout->new_set, rollout->view.replicas, false);
  if (grown || rollout->error) co_return grown;
  const Value* status = apiserver::Find(*rollout->value, "status");
  if (status != nullptr && IsDeploymentComplete(rollout->view, *status)) co_await CleanUp(rollout);
  co_return false;
}

bool DeploymentController::HasOldPods(const Rollout& rollout) const {
  for (const std::size_t i : rollout.OldSets()) {
    if (rollout.sets[i].summary.status_replicas > 0) return true;
    for (const PodPtr& pod : pods_.ByIndex("owner", rollout.sets[i].object->meta().uid)) {
      if (!pod->summary.is_finished()) return true;
    }
  }
  return false;
}

sim::Task<> DeploymentController::CleanUp(Rollout* rollout) {
  if (!rollout->view.revision_history_limit) co_return;
  std::vector<std::size_t> old;
  std::vector<std::int64_t> revisions;
  std::vector<bool> may_go;
  for (const std::size_t i : rollout->OldSets()) {
    const OwnedSet& set = rollout->sets[i];
    if (set.object->meta().is_deleting()) continue;
    old.push_back(i);
    revisions.push_back(set.summary.deployment_revision);
    may_go.push_back(set.object->meta().generation <= set.summary.observed_generation);
  }
  const std::vector<std::size_t> gone =
      PlanHistory(*rollout->view.revision_history_limit, Sets(*rollout, old), revisions, may_go);
  for (const std::size_t i : gone) {
    const auto deleted =
        co_await client().Delete(kReplicaSets, rollout->sets[old[i]].object->key());
    if (!deleted.ok() && deleted.error().code != 404) {
      rollout->error = deleted.error().message;
      co_return;
    }
  }
}

sim::Task<> DeploymentController::WriteCondition(Rollout* rollout, Condition condition,
                                                 std::int64_t revision) {
  Value status = PresentStatus(*rollout);
  Array conditions = CopyConditions(apiserver::Find(status, "conditions"));
  SetDeploymentCondition(conditions, condition, now());
  status.get_object()["conditions"] = std::move(conditions);
  co_await Write(rollout, std::move(status), revision);
}

sim::Task<> DeploymentController::Write(Rollout* rollout, Value status, std::int64_t revision) {
  const Value* old_status = apiserver::Find(*rollout->value, "status");
  const std::string wanted = std::to_string(revision);
  const bool is_revised =
      revision != 0 && apiserver::TextAt(*rollout->value, {"metadata", "annotations",
                                                           kRevisionAnnotation}) != wanted;
  if (!is_revised && old_status != nullptr && *old_status == status) co_return;
  Value updated = rollout->object->Parse();
  if (is_revised) {
    Object& metadata = apiserver::EnsureObject(updated, "metadata");
    apiserver::EnsureObject(metadata, "annotations")[kRevisionAnnotation] = wanted;
  }
  updated.get_object()["status"] = std::move(status);
  const auto written = co_await client().Update(kDeployments, std::move(updated), "status");
  if (written.ok()) {
    SetObject(rollout, *written);
  } else {
    rollout->error = written.error().message;
  }
}

DeploymentStatusInput DeploymentController::StatusInput(
    const Rollout& rollout, std::vector<CountedSet>& old_sets,
    std::vector<std::shared_ptr<const Value>>& kept) const {
  const auto count = [&](const OwnedSet& set) {
    kept.push_back(set.object->Peek());
    return CountedSet{set.object->meta().name, &set.summary,
                      apiserver::FindPath(*kept.back(), {"status", "conditions"})};
  };
  for (const std::size_t i : rollout.OldSets()) old_sets.push_back(count(rollout.sets[i]));
  DeploymentStatusInput input{.deployment = rollout.view};
  input.old_conditions = apiserver::FindPath(*rollout.value, {"status", "conditions"});
  input.old_sets = old_sets;
  if (rollout.new_set) input.new_set = count(rollout.sets[*rollout.new_set]);
  input.now = now();
  return input;
}

}  // namespace controllers
