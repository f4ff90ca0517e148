#include "controllers/replicaset/replicaset_controller.h"

#include <algorithm>

#include "controllers/framework/pod_template.h"

namespace controllers {
namespace {

// What a set's status and size depend on.
bool IsSameForOwner(const PodInformer::Entry& a, const PodInformer::Entry& b) {
  return a.summary.phase == b.summary.phase && a.summary.is_ready == b.summary.is_ready &&
         a.summary.ready_since == b.summary.ready_since &&
         a.meta().is_deleting() == b.meta().is_deleting() && a.meta().labels == b.meta().labels;
}

std::string ControllerUidOf(const ObjectMeta& meta) {
  const apiserver::OwnerReference* owner = meta.Controller();
  return owner == nullptr ? "" : owner->uid;
}

}  // namespace

ReplicaFlavor ReplicaSetFlavor() {
  return {{"replicaset-controller", "replicaset-controller.sync", ""},
          kReplicaSets,
          {"apps", "v1", "ReplicaSet"},
          true};
}

ReplicaFlavor ReplicationControllerFlavor() {
  return {{"replication-controller", "replicationcontroller-controller.sync", ""},
          kReplicationControllers,
          {"", "v1", "ReplicationController"},
          false};
}

ReplicaSetController::ReplicaSetController(const ControllerContext& context, ReplicaFlavor flavor)
    : Controller(context, flavor.identity),
      flavor_(std::move(flavor)),
      sets_(flavor_.has_terminating ? informers().replica_sets()
                                    : informers().replication_controllers()),
      pods_(informers().pods()) {
  sets_.AddHandler([this](const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set) {
    OnSet(old_set, new_set);
  });
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
}

void ReplicaSetController::OnSet(const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set) {
  const ObjectKey key = (new_set ? new_set : old_set)->meta().key();
  if (!new_set || (old_set && old_set->meta().uid != new_set->meta().uid)) {
    expectations_.Forget(key);
  }
  const bool is_new = new_set && (!old_set || old_set->meta().uid != new_set->meta().uid ||
                                  !(old_set->summary.selector == new_set->summary.selector));
  if (is_new) may_adopt_.insert(key);
  Enqueue(key);
}

void ReplicaSetController::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  const ObjectMeta& meta = (new_pod ? new_pod : old_pod)->meta();
  const ReplicaSetPtr set = ControllerOf(meta);
  if (old_pod && ControllerUidOf(old_pod->meta()) != ControllerUidOf(meta)) {
    if (const ReplicaSetPtr before = ControllerOf(old_pod->meta())) Enqueue(before->meta().key());
  }
  if (!set) {
    const bool may_match = new_pod && !meta.is_deleting() && meta.Controller() == nullptr &&
                           (!old_pod || old_pod->meta().labels != meta.labels ||
                            old_pod->meta().Controller() != nullptr);
    if (may_match) EnqueueForOrphan(meta);
    return;
  }
  const ObjectKey key = set->meta().key();
  if (!new_pod || meta.is_deleting()) expectations_.DeletionObserved(key, meta.uid);
  if (!old_pod && !meta.is_deleting()) expectations_.CreationObserved(key);
  if (old_pod && new_pod && IsSameForOwner(*old_pod, *new_pod)) return;  // Such as its binding.
  Enqueue(key);
}

ReplicaSetPtr ReplicaSetController::ControllerOf(const ObjectMeta& meta) const {
  const apiserver::OwnerReference* owner = meta.Controller();
  if (owner == nullptr || owner->kind != flavor_.kind.kind) return nullptr;
  ReplicaSetPtr set = sets_.Find({meta.namespace_, owner->name});
  return set && set->meta().uid == owner->uid ? set : nullptr;
}

void ReplicaSetController::EnqueueForOrphan(const ObjectMeta& pod) {
  for (const ReplicaSetPtr& set : sets_.ByIndex("namespace", pod.namespace_)) {
    if (set->summary.selector.is_empty() || !set->summary.selector.Matches(pod.labels)) continue;
    may_adopt_.insert(set->meta().key());
    Enqueue(set->meta().key());
  }
}

sim::Task<Outcome> ReplicaSetController::Reconcile(ObjectKey key) {
  const ReplicaSetPtr set = sets_.Find(key);
  if (!set) {
    expectations_.Forget(key);
    may_adopt_.erase(key);
    co_return Outcome::Done();  // Deleted: its pods are the garbage collector's work.
  }
  const bool is_settled = expectations_.AreMet(key, now());
  auto claimed = co_await ClaimPods(set);
  if (!claimed.ok()) co_return Outcome::Retry(claimed.error().message);
  std::vector<PodPtr> active;
  int terminating_count = 0;
  for (PodPtr& pod : *claimed) {
    if (IsPodTerminating(*pod)) ++terminating_count;
    if (IsPodActive(*pod)) active.push_back(std::move(pod));
  }
  Applied applied;
  if (is_settled && !set->meta().is_deleting()) applied = co_await Manage(set, active);

  const std::shared_ptr<const Value> present = set->object->Peek();
  ReplicaStatusInput input{set->meta(), set->summary};
  input.template_labels = apiserver::FindPath(*present, {"spec", "template", "metadata", "labels"});
  input.old_conditions = apiserver::FindPath(*present, {"status", "conditions"});
  input.active = active;
  input.terminating_count = terminating_count;
  input.has_terminating = flavor_.has_terminating;
  input.failure = applied.failure;
  input.now = now();
  const auto written =
      co_await WriteStatus(&client(), flavor_.resource, set->object, ComputeReplicaStatus(input));
  if (!written.ok()) {
    if (written.error().code == 404) co_return Outcome::Done();
    co_return Outcome::Retry(written.error().message);
  }
  if (applied.failure) co_return Outcome::Retry(applied.failure->message);
  const auto next = NextAvailable(active, set->summary.min_ready_seconds, now());
  if (next) co_return Outcome::After(*next);
  co_return Outcome::Done();
}

sim::Task<apiserver::ApiResult<std::vector<PodPtr>>> ReplicaSetController::ClaimPods(
    ReplicaSetPtr set) {
  const ObjectMeta& meta = set->meta();
  std::vector<PodPtr> orphans;
  const bool looks_for_orphans = may_adopt_.contains(meta.key());
  if (looks_for_orphans) orphans = pods_.ByIndex("orphan", meta.namespace_);
  std::erase_if(orphans, [](const PodPtr& pod) { return pod->summary.is_finished(); });
  Claims<PodPtr> claims =
      PlanClaims<PodPtr>(meta, set->summary.selector, pods_.ByIndex("owner", meta.uid), orphans);
  auto claimed = co_await ClaimObjects<PodPtr>(&client(), kPods, flavor_.resource, flavor_.kind,
                                               set->object, std::move(claims));
  if (claimed.ok() && looks_for_orphans) may_adopt_.erase(meta.key());
  co_return claimed;
}

sim::Task<ReplicaSetController::Applied> ReplicaSetController::Manage(ReplicaSetPtr set,
                                                                      std::vector<PodPtr> active) {
  PodsPerNode related;
  if (static_cast<int>(active.size()) > set->summary.replicas) related = RelatedPods(set);
  const ReplicaPlan plan = PlanReplicas(set->summary.replicas, active, related, now());
  if (plan.create_count > 0) co_return co_await CreatePods(set, plan.create_count);
  if (!plan.deletions.empty()) co_return co_await DeletePods(set, plan.deletions);
  co_return Applied();
}

// In batches of 1, 2, 4, ...: a set that can't create pods finds out with one request, not with
// five hundred.
sim::Task<ReplicaSetController::Applied> ReplicaSetController::CreatePods(ReplicaSetPtr set,
                                                                          int count) {
  Applied applied;
  const ObjectKey key = set->meta().key();
  expectations_.ExpectCreations(key, count, now());
  const std::shared_ptr<const Value> present = set->object->Peek();
  const Value* pod_template = apiserver::FindPath(*present, {"spec", "template"});
  const Value reference = ControllerReference(flavor_.kind, set->meta());
  int remaining = count;
  for (int batch = 1; batch > 0 && !applied.failure; batch = std::min(2 * batch, remaining)) {
    bool is_terminating = false;
    for (int i = 0; i < batch; ++i) {
      Value pod = PodFromTemplate(*pod_template, set->meta(), reference);
      const auto created = co_await client().Create(kPods, set->meta().namespace_, std::move(pod));
      if (created.ok()) {
        events().Normal(Involve(flavor_.kind, set->meta()), "SuccessfulCreate",
                        "Created pod: " + (*created)->meta().name);
        continue;
      }
      expectations_.CreationObserved(key);
      is_terminating = IsNamespaceTerminating(created.error());
      if (is_terminating) continue;
      events().Warning(Involve(flavor_.kind, set->meta()), "FailedCreate",
                       "Error creating: " + created.error().message);
      if (!applied.failure)
        applied.failure = ReplicaFailure{"FailedCreate", created.error().message};
    }
    remaining -= batch;
    if (is_terminating) break;
  }
  for (; remaining > 0; --remaining) expectations_.CreationObserved(key);
  co_return applied;
}

sim::Task<ReplicaSetController::Applied> ReplicaSetController::DeletePods(
    ReplicaSetPtr set, std::vector<PodPtr> pods) {
  Applied applied;
  const ObjectKey key = set->meta().key();
  for (const PodPtr& pod : pods) expectations_.ExpectDeletion(key, pod->meta().uid, now());
  for (const PodPtr& pod : pods) {
    const auto deleted = co_await client().Delete(kPods, pod->meta().key());
    if (deleted.ok()) {
      events().Normal(Involve(flavor_.kind, set->meta()), "SuccessfulDelete",
                      "Deleted pod: " + pod->meta().name);
      continue;
    }
    expectations_.DeletionObserved(key, pod->meta().uid);
    if (deleted.error().code == 404) continue;
    events().Warning(Involve(flavor_.kind, set->meta()), "FailedDelete",
                     "Error deleting: " + deleted.error().message);
    if (!applied.failure) applied.failure = ReplicaFailure{"FailedDelete", deleted.error().message};
  }
  co_return applied;
}

PodsPerNode ReplicaSetController::RelatedPods(const ReplicaSetPtr& set) {
  PodsPerNode per_node;
  std::vector<ReplicaSetPtr> related{set};
  if (const apiserver::OwnerReference* owner = set->meta().Controller()) {
    related = sets_.ByIndex("owner", owner->uid);
  }
  for (const ReplicaSetPtr& other : related) {
    for (const PodPtr& pod : pods_.ByIndex("owner", other->meta().uid)) {
      if (IsPodActive(*pod)) ++per_node[pod->summary.node_name];
    }
  }
  return per_node;
}

}  // namespace controllers
