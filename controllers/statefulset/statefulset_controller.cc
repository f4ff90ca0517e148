#include "controllers/statefulset/statefulset_controller.h"

#include <algorithm>

#include "controllers/framework/template_hash.h"
#include "controllers/replicaset/replica_plan.h"
#include "controllers/replicaset/replica_status.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::TextAt;

const GroupVersionKind kStatefulSetKind{"apps", "v1", "StatefulSet"};
constexpr std::string_view kRevisionLabel = "controller-revision-hash";

StatefulSetView ReadSet(const Value& set, const ObjectMeta& meta) {
  StatefulSetView view;
  view.name = meta.name;
  view.replicas = static_cast<int>(IntAt(set, {"spec", "replicas"}, 1));
  view.start = static_cast<int>(IntAt(set, {"spec", "ordinals", "start"}));
  view.min_ready_seconds = static_cast<int>(IntAt(set, {"spec", "minReadySeconds"}));
  view.partition =
      static_cast<int>(IntAt(set, {"spec", "updateStrategy", "rollingUpdate", "partition"}));
  view.is_parallel = TextAt(set, {"spec", "podManagementPolicy"}) == "Parallel";
  view.is_rolling = TextAt(set, {"spec", "updateStrategy", "type"}) != "OnDelete";
  view.is_deleting = meta.is_deleting();
  return view;
}

StatefulPod ReadPod(const StatefulSetView& set, const PodPtr& pod, sim::Time now) {
  StatefulPod result;
  result.ordinal = OrdinalOf(set.name, pod->meta().name);
  if (const std::string* revision = pod->meta().Label(kRevisionLabel)) result.revision = *revision;
  result.is_running_and_ready = pod->summary.phase == PodPhase::kRunning && pod->summary.is_ready;
  result.is_available =
      result.is_running_and_ready && IsPodAvailable(pod->summary, set.min_ready_seconds, now);
  result.is_terminating = pod->meta().is_deleting();
  result.is_finished = pod->summary.is_finished();
  result.is_pending = pod->summary.phase == PodPhase::kPending;
  return result;
}

}  // namespace

struct StatefulSetController::Run {
  ObjectPtr object;
  std::shared_ptr<const Value> value;
  StatefulSetView view;
  apiserver::LabelSelector selector;
  std::vector<Revision> revisions;
  Revision current;
  Revision update;
  std::int64_t collision_count = 0;
  std::vector<PodPtr> pods;
  StatefulCounts counts;
  std::string error;
};

StatefulSetController::StatefulSetController(const ControllerContext& context)
    : Controller(context, {"statefulset-controller", "statefulset-controller.sync", ""}),
      sets_(informers().stateful_sets()),
      pods_(informers().pods()),
      revisions_(informers().plain(kControllerRevisions)) {
  EnqueueChangesOf(sets_);
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
}

void StatefulSetController::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  for (const PodPtr& pod : {old_pod, new_pod}) {
    if (!pod) continue;
    const apiserver::OwnerReference* owner = pod->meta().Controller();
    if (owner == nullptr || owner->kind != kStatefulSetKind.kind) continue;
    const ObjectKey key{pod->meta().namespace_, owner->name};
    if (sets_.Find(key)) Enqueue(key);
  }
  if (!new_pod || new_pod->meta().Controller() != nullptr) return;
  for (const auto& set : sets_.ByIndex("namespace", new_pod->meta().namespace_)) {
    if (set->summary.selector.Matches(new_pod->meta().labels)) Enqueue(set->meta().key());
  }
}

sim::Task<Outcome> StatefulSetController::Reconcile(ObjectKey key) {
  const auto set = sets_.Find(key);
  if (!set) co_return Outcome::Done();
  Run run;
  run.object = set->object;
  run.value = set->object->Peek();
  run.view = ReadSet(*run.value, set->meta());
  run.selector = set->summary.selector;
  run.collision_count = IntAt(*run.value, {"status", "collisionCount"});
  const bool has_pods = co_await LoadPods(&run);
  if (!has_pods) co_return Outcome::Retry(run.error);
  const bool has_revisions = co_await LoadRevisions(&run);
  if (!has_revisions) co_return Outcome::Retry(run.error);

  std::vector<StatefulPod> pods;
  for (const PodPtr& pod : run.pods) pods.push_back(ReadPod(run.view, pod, now()));
  run.counts = CountStatefulPods(run.view, pods);
  const std::vector<StatefulStep> steps = PlanStatefulSet(run.view, pods);
  for (const PodPtr& pod : run.pods) {
    const int index = OrdinalOf(run.view.name, pod->meta().name) - run.view.start;
    const bool is_condemned = index < 0 || index >= run.view.replicas;
    const bool owned = co_await OwnClaims(&run, pod, is_condemned);
    if (!owned) co_return Outcome::Retry(run.error);
  }
  std::string error;
  for (const StatefulStep& step : steps) {
    const bool applied = co_await Apply(&run, step);
    if (applied) continue;
    error = run.error;
    break;
  }
  const auto written = co_await WriteStatus(&client(), kStatefulSets, run.object, Status(run));
  if (!written.ok() && written.error().code != 404) {
    co_return Outcome::Retry(written.error().message);
  }
  if (!error.empty()) co_return Outcome::Retry(error);
  std::vector<std::string> live{run.current.name, run.update.name};
  for (const PodPtr& pod : run.pods) {
    if (const std::string* revision = pod->meta().Label(kRevisionLabel)) live.push_back(*revision);
  }
  const int limit = static_cast<int>(IntAt(*run.value, {"spec", "revisionHistoryLimit"}, 10));
  const auto truncated = co_await TruncateHistory(&client(), run.revisions, live, limit);
  if (!truncated.ok()) co_return Outcome::Retry(truncated.error().message);
  const auto next = NextAvailable(run.pods, run.view.min_ready_seconds, now());
  if (next) co_return Outcome::After(*next);
  co_return Outcome::Done();
}

sim::Task<bool> StatefulSetController::LoadPods(Run* run) {
  const ObjectMeta& meta = run->object->meta();
  std::vector<PodPtr> orphans = pods_.ByIndex("orphan", meta.namespace_);
  std::erase_if(orphans, [&](const PodPtr& pod) {
    return OrdinalOf(meta.name, pod->meta().name) < 0;  // Only pods of its own names.
  });
  auto claimed = co_await ClaimObjects<PodPtr>(
      &client(), kPods, kStatefulSets, kStatefulSetKind, run->object,
      PlanClaims<PodPtr>(meta, run->selector, pods_.ByIndex("owner", meta.uid), orphans));
  if (!claimed.ok()) {
    run->error = claimed.error().message;
    co_return false;
  }
  run->pods = std::move(*claimed);
  std::erase_if(run->pods,
                [&](const PodPtr& pod) { return OrdinalOf(meta.name, pod->meta().name) < 0; });
  std::sort(run->pods.begin(), run->pods.end(), [&](const PodPtr& a, const PodPtr& b) {
    return OrdinalOf(meta.name, a->meta().name) < OrdinalOf(meta.name, b->meta().name);
  });
  co_return true;
}

sim::Task<bool> StatefulSetController::LoadRevisions(Run* run) {
  run->revisions = RevisionsOf(revisions_, run->object->meta());
  RevisionWanted wanted;
  wanted.data = RevisionData(*run->value);
  wanted.hash = ContentHash(wanted.data, run->collision_count);
  wanted.hash_label = "controller.kubernetes.io/hash";
  const auto ensured =
      co_await EnsureRevision(&client(), run->object, kStatefulSetKind, wanted, &run->revisions);
  if (!ensured.ok()) {
    run->error = ensured.error().message;
    co_return false;
  }
  run->update = *ensured;
  run->current = run->update;
  const std::string_view current = TextAt(*run->value, {"status", "currentRevision"});
  for (const Revision& revision : run->revisions) {
    if (revision.name == current) run->current = revision;
  }
  run->view.current_revision = run->current.name;
  run->view.update_revision = run->update.name;
  co_return true;
}

sim::Task<bool> StatefulSetController::Apply(Run* run, StatefulStep step) {
  PodPtr pod;
  for (const PodPtr& each : run->pods) {
    if (OrdinalOf(run->view.name, each->meta().name) == step.ordinal) pod = each;
  }
  switch (step.action) {
    case StatefulAction::kCreate:
      co_return co_await CreatePod(run, step.ordinal, step.revision);
    case StatefulAction::kDelete:
      co_return co_await DeletePod(run, pod);
    case StatefulAction::kKeep:
      if (pod->summary.phase == PodPhase::kPending) {
        co_return co_await CreateClaims(run, step.ordinal);
      }
      co_return true;
  }
  co_return true;
}

sim::Task<bool> StatefulSetController::CreateClaims(Run* run, int ordinal) {
  const ObjectMeta& meta = run->object->meta();
  std::vector<Value> claims = MakeClaims(*run->value, meta, ordinal);
  for (Value& claim : claims) {
    const std::string name(TextAt(claim, {"metadata", "name"}));
    const ObjectKey key{meta.namespace_, name};
    if (client().Live(kPersistentVolumeClaims, key)) continue;
    if (WantedClaimOwner(*run->value, false) == ClaimOwner::kSet) {
      apiserver::EnsureObject(claim, "metadata")["ownerReferences"] =
          Array{ControllerReference(kStatefulSetKind, meta)};
    }
    const auto created =
        co_await client().Create(kPersistentVolumeClaims, meta.namespace_, std::move(claim));
    const std::string subject = "Create Claim " + name + " Pod " + meta.name + "-" +
                                std::to_string(ordinal) + " in StatefulSet " + meta.name;
    if (created.ok()) {
      events().Normal(Involve(kStatefulSetKind, meta), "SuccessfulCreate", subject + " success");
      continue;
    }
    events().Warning(Involve(kStatefulSetKind, meta), "FailedCreate",
                     subject + " failed error: " + created.error().message);
    run->error = created.error().message;
    co_return false;
  }
  co_return true;
}

sim::Task<bool> StatefulSetController::CreatePod(Run* run, int ordinal, std::string revision) {
  const bool has_claims = co_await CreateClaims(run, ordinal);
  if (!has_claims) co_return false;
  const ObjectMeta& meta = run->object->meta();
  Value pod;
  if (revision == run->current.name && run->current.name != run->update.name) {
    const std::shared_ptr<const Value> kept = run->current.object->Peek();
    const Value old_set = ApplyRevision(*run->value, *apiserver::Find(*kept, "data"));
    pod = MakeStatefulPod(old_set, meta, ordinal, revision);
  } else {
    pod = MakeStatefulPod(*run->value, meta, ordinal, revision);
  }
  const std::string subject =
      "Create Pod " + meta.name + "-" + std::to_string(ordinal) + " in StatefulSet " + meta.name;
  const auto created = co_await client().Create(kPods, meta.namespace_, std::move(pod));
  if (created.ok()) {
    ++run->counts.replicas;
    if (revision == run->current.name) ++run->counts.current;
    if (revision == run->update.name) ++run->counts.updated;
    events().Normal(Involve(kStatefulSetKind, meta), "SuccessfulCreate", subject + " successful");
    co_return true;
  }
  if (IsNamespaceTerminating(created.error())) co_return true;
  run->error = created.error().message;
  if (created.error().reason != "AlreadyExists") {
    events().Warning(Involve(kStatefulSetKind, meta), "FailedCreate",
                     subject + " failed error: " + created.error().message);
  }
  co_return false;
}

sim::Task<bool> StatefulSetController::DeletePod(Run* run, PodPtr pod) {
  const ObjectMeta& meta = run->object->meta();
  const std::string subject = "Delete Pod " + pod->meta().name + " in StatefulSet " + meta.name;
  const auto deleted = co_await client().Delete(kPods, pod->meta().key());
  if (!deleted.ok()) {
    if (deleted.error().code == 404) co_return true;
    events().Warning(Involve(kStatefulSetKind, meta), "FailedDelete",
                     subject + " failed error: " + deleted.error().message);
    run->error = deleted.error().message;
    co_return false;
  }
  const std::string* revision = pod->meta().Label(kRevisionLabel);
  if (revision != nullptr && *revision == run->current.name) --run->counts.current;
  if (revision != nullptr && *revision == run->update.name) --run->counts.updated;
  events().Normal(Involve(kStatefulSetKind, meta), "SuccessfulDelete", subject + " successful");
  co_return true;
}

// The claims' owner references follow the retention policy.
sim::Task<bool> StatefulSetController::OwnClaims(Run* run, PodPtr pod, bool is_condemned) {
  const ObjectMeta& meta = run->object->meta();
  const ClaimOwner wanted = WantedClaimOwner(*run->value, is_condemned);
  const std::vector<Value> claims =
      MakeClaims(*run->value, meta, OrdinalOf(meta.name, pod->meta().name));
  for (const Value& claim : claims) {
    const ObjectKey key{meta.namespace_, std::string(TextAt(claim, {"metadata", "name"}))};
    const ObjectPtr live = client().Live(kPersistentVolumeClaims, key);
    if (!live) continue;
    Array owners;
    const std::shared_ptr<const Value> value = live->Peek();
    const Value* present = FindPath(*value, {"metadata", "ownerReferences"});
    if (present != nullptr && present->is_array()) {
      for (const Value& owner : present->get_array()) {
        const std::string_view uid = TextAt(owner, {"uid"});
        if (uid != meta.uid && uid != pod->meta().uid) owners.push_back(owner);
      }
    }
    if (wanted == ClaimOwner::kSet) owners.push_back(ControllerReference(kStatefulSetKind, meta));
    if (wanted == ClaimOwner::kPod) {
      const GroupVersionKind pod_kind{"", "v1", "Pod"};
      owners.push_back(ControllerReference(pod_kind, pod->meta()));
    }
    const Array before = present != nullptr && present->is_array() ? present->get_array() : Array();
    if (owners == before) continue;
    Value updated = live->Parse();
    Object& metadata = apiserver::EnsureObject(updated, "metadata");
    if (owners.empty()) {
      metadata.erase("ownerReferences");
    } else {
      metadata["ownerReferences"] = std::move(owners);
    }
    const auto written = co_await client().Update(kPersistentVolumeClaims, std::move(updated));
    if (!written.ok() && written.error().code != 404) {
      run->error = written.error().message;
      co_return false;
    }
  }
  co_return true;
}

Value StatefulSetController::Status(const Run& run) const {
  StatefulCounts counts = run.counts;
  std::string current = run.current.name;
  // The rolling update is complete.
  const bool is_complete =
      run.view.is_rolling && counts.updated == counts.replicas && counts.ready == counts.replicas;
  if (is_complete) {
    counts.current = counts.updated;
    current = run.update.name;
  }
  Object status;
  const auto set_count = [&status](std::string_view name, int count) {
    if (count != 0) status[name] = count;
  };
  if (run.object->meta().generation != 0) {
    status["observedGeneration"] = run.object->meta().generation;
  }
  status["replicas"] = counts.replicas;
  set_count("readyReplicas", counts.ready);
  set_count("currentReplicas", counts.current);
  set_count("updatedReplicas", counts.updated);
  status["currentRevision"] = current;
  status["updateRevision"] = run.update.name;
  status["collisionCount"] = run.collision_count;
  if (const Value* conditions = FindPath(*run.value, {"status", "conditions"})) {
    status["conditions"] = *conditions;
  }
  status["availableReplicas"] = counts.available;
  return status;
}

}  // namespace controllers
