#include "controllers/daemonset/daemonset_controller.h"

#include <algorithm>

#include "apiserver/api/int_or_string.h"
#include "controllers/daemonset/daemon_pod.h"
#include "controllers/framework/pod_template.h"
#include "controllers/framework/template_hash.h"
#include "controllers/replicaset/replica_status.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::TextAt;

const GroupVersionKind kDaemonSetKind{"apps", "v1", "DaemonSet"};
constexpr std::size_t kBurstMax = 250;

}  // namespace

struct DaemonSetController::Run {
  ObjectPtr object;
  std::shared_ptr<const Value> value;
  DaemonTemplate daemon_template;
  Value pod;  // the template with its tolerations
  std::vector<Revision> revisions;
  Revision current;
  std::vector<PodPtr> pods;
  DaemonsByNode daemons;
  std::vector<DaemonNode> nodes;
  std::string error;
};

DaemonSetController::DaemonSetController(const ControllerContext& context)
    : Controller(context,
                 {"daemon-set-controller", "daemonset-controller.sync", "daemonset-controller"}),
      sets_(informers().daemon_sets()),
      pods_(informers().pods()),
      nodes_(informers().nodes()),
      revisions_(informers().plain(kControllerRevisions)) {
  sets_.AddHandler([this](const auto& old_set, const auto& new_set) {
    const ObjectKey key = (new_set ? new_set : old_set)->meta().key();
    if (!new_set) expectations_.Forget(key);
    Enqueue(key);
  });
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
  nodes_.AddHandler(
      [this](const auto& old_node, const auto& new_node) { OnNode(old_node, new_node); });
}

Cached<SelectorSummary> DaemonSetController::SetOf(const ObjectMeta& pod) const {
  const apiserver::OwnerReference* owner = pod.Controller();
  if (owner == nullptr || owner->kind != kDaemonSetKind.kind) return nullptr;
  auto set = sets_.Find({pod.namespace_, owner->name});
  return set && set->meta().uid == owner->uid ? set : nullptr;
}

void DaemonSetController::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  const ObjectMeta& meta = (new_pod ? new_pod : old_pod)->meta();
  const auto set = SetOf(meta);
  if (!set) {
    if (!new_pod || meta.Controller() != nullptr) return;
    for (const auto& candidate : sets_.ByIndex("namespace", meta.namespace_)) {
      if (candidate->summary.selector.Matches(meta.labels)) Enqueue(candidate->meta().key());
    }
    return;
  }
  const ObjectKey key = set->meta().key();
  if (!new_pod || meta.is_deleting()) expectations_.DeletionObserved(key, meta.uid);
  if (!old_pod && !meta.is_deleting()) expectations_.CreationObserved(key);
  Enqueue(key);
}

// Heartbeats and other news of a node concern no daemon.
void DaemonSetController::OnNode(const NodeInformer::EntryPtr& old_node,
                                 const NodeInformer::EntryPtr& new_node) {
  if (old_node && new_node) {
    const auto same_taint = [](const apiserver::Taint& a, const apiserver::Taint& b) {
      return a.key == b.key && a.value == b.value && a.effect == b.effect;
    };
    const auto& before = old_node->summary.taints;
    const auto& after = new_node->summary.taints;
    const bool is_same =
        old_node->meta().labels == new_node->meta().labels &&
        std::equal(before.begin(), before.end(), after.begin(), after.end(), same_taint);
    if (is_same) return;
  }
  for (const auto& [key, set] : sets_.entries()) Enqueue(key);
}

sim::Task<bool> DaemonSetController::Load(Run* run) {
  const ObjectMeta& meta = run->object->meta();
  run->revisions = RevisionsOf(revisions_, meta);
  RevisionWanted wanted;
  wanted.data = RevisionData(*run->value);
  std::optional<std::int64_t> collisions;
  if (FindPath(*run->value, {"status", "collisionCount"}) != nullptr) {
    collisions = IntAt(*run->value, {"status", "collisionCount"});
  }
  wanted.hash = ContentHash(wanted.data, collisions);
  wanted.hash_label = "controller-revision-hash";
  const auto ensured =
      co_await EnsureRevision(&client(), run->object, kDaemonSetKind, wanted, &run->revisions);
  if (!ensured.ok()) {
    run->error = ensured.error().message;
    co_return false;
  }
  run->current = *ensured;
  const std::string* hash = run->current.object->meta().Label("controller-revision-hash");
  run->daemon_template.hash = hash == nullptr ? wanted.hash : *hash;
  run->daemon_template.generation =
      TextAt(*run->value, {"metadata", "annotations", "deprecated.daemonset.template.generation"});
  run->daemon_template.min_ready_seconds =
      static_cast<int>(IntAt(*run->value, {"spec", "minReadySeconds"}));

  const auto set = sets_.Find(meta.key());
  auto claimed = co_await ClaimObjects<PodPtr>(
      &client(), kPods, kDaemonSets, kDaemonSetKind, run->object,
      PlanClaims<PodPtr>(meta, set->summary.selector, pods_.ByIndex("owner", meta.uid),
                         pods_.ByIndex("orphan", meta.namespace_)));
  if (!claimed.ok()) {
    run->error = claimed.error().message;
    co_return false;
  }
  run->pods = std::move(*claimed);
  run->daemons = GroupByNode(run->pods);
  run->pod = DaemonPodTemplate(*run->value);
  for (const auto& [key, node] : nodes_.entries()) {
    run->nodes.push_back(AssessNode(*node, run->pod));
  }
  co_return true;
}

sim::Task<Outcome> DaemonSetController::Reconcile(ObjectKey key) {
  const auto set = sets_.Find(key);
  if (!set) co_return Outcome::Done();
  Run run;
  run.object = set->object;
  run.value = set->object->Peek();
  if (set->summary.selector.is_empty()) {
    events().Warning(Involve(kDaemonSetKind, set->meta()), "SelectingAll",
                     "This daemon set is selecting all pods. A non-empty selector is required.");
    co_return Outcome::Done();
  }
  const bool loaded = co_await Load(&run);
  if (!loaded) co_return Outcome::Retry(run.error);

  if (expectations_.AreMet(key, now()) && !set->meta().is_deleting()) {
    const DaemonPlan plan = PlanDaemons(run.nodes, run.daemons);
    for (const PodPtr& pod : plan.failed) {
      events().Warning(Involve(kDaemonSetKind, set->meta()), "FailedDaemonPod",
                       "Found failed daemon pod " + pod->meta().key().Text() + " on node " +
                           pod->summary.node_name + ", will try to kill it");
    }
    for (const PodPtr& pod : plan.succeeded) {
      events().Normal(Involve(kDaemonSetKind, set->meta()), "SucceededDaemonPod",
                      "Found succeeded daemon pod " + pod->meta().key().Text() + " on node " +
                          pod->summary.node_name + ", will try to delete it");
    }
    co_await CreatePods(&run, plan.create_on);
    co_await DeletePods(&run, plan.deletions);
    const bool is_rolling = TextAt(*run.value, {"spec", "updateStrategy", "type"}) != "OnDelete";
    if (run.error.empty() && is_rolling && expectations_.AreMet(key, now())) {
      const std::vector<PodPtr> old =
          PlanDaemonUpdate(run.nodes, run.daemons, run.daemon_template, UnavailableMax(run), now());
      co_await DeletePods(&run, old);
    }
    std::vector<std::string> live(1, run.current.name);
    for (const PodPtr& pod : run.pods) {
      const std::string* hash = pod->meta().Label("controller-revision-hash");
      if (hash != nullptr) live.push_back(set->meta().name + "-" + *hash);
    }
    const int limit = static_cast<int>(IntAt(*run.value, {"spec", "revisionHistoryLimit"}, 10));
    const auto truncated = co_await TruncateHistory(&client(), run.revisions, live, limit);
    if (!truncated.ok()) run.error = truncated.error().message;
  }
  const auto written = co_await WriteStatus(&client(), kDaemonSets, run.object, Status(run));
  if (!written.ok() && written.error().code != 404) {
    co_return Outcome::Retry(written.error().message);
  }
  if (!run.error.empty()) co_return Outcome::Retry(run.error);
  const auto next = NextAvailable(run.pods, run.daemon_template.min_ready_seconds, now());
  if (next) co_return Outcome::After(*next);
  co_return Outcome::Done();
}

int DaemonSetController::UnavailableMax(const Run& run) const {
  const auto desired = std::count_if(run.nodes.begin(), run.nodes.end(),
                                     [](const DaemonNode& node) { return node.should_run; });
  const auto count = apiserver::ScaledIntOrPercent(
      FindPath(*run.value, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"}), desired,
      apiserver::Rounding::kUp);
  return std::max(1, count.ok() ? static_cast<int>(*count) : 1);
}

sim::Task<> DaemonSetController::CreatePods(Run* run, std::vector<std::string> nodes) {
  const ObjectMeta& meta = run->object->meta();
  if (nodes.size() > kBurstMax) nodes.resize(kBurstMax);
  expectations_.ExpectCreations(meta.key(), static_cast<int>(nodes.size()), now());
  const Value reference = ControllerReference(kDaemonSetKind, meta);
  Value plain = PodFromTemplate(PodTemplateOf(*run->value), meta, reference);
  plain.get_object()["spec"] = *apiserver::Find(run->pod, "spec");
  std::size_t done = 0;
  bool has_failed = false;
  for (std::size_t batch = 1; done < nodes.size() && !has_failed;
       batch = std::min(2 * batch, nodes.size() - done)) {
    for (std::size_t i = 0; i < batch; ++i, ++done) {
      Value pod = PinDaemonPod(plain, nodes[done], run->daemon_template.hash,
                               run->daemon_template.generation);
      const auto created = co_await client().Create(kPods, meta.namespace_, std::move(pod));
      if (created.ok()) {
        events().Normal(Involve(kDaemonSetKind, meta), "SuccessfulCreate",
                        "Created pod: " + (*created)->meta().name);
        continue;
      }
      expectations_.CreationObserved(meta.key());
      has_failed = true;
      if (IsNamespaceTerminating(created.error())) continue;
      events().Warning(Involve(kDaemonSetKind, meta), "FailedCreate",
                       "Error creating: " + created.error().message);
      run->error = created.error().message;
    }
  }
  for (; done < nodes.size(); ++done) expectations_.CreationObserved(meta.key());
}

sim::Task<> DaemonSetController::DeletePods(Run* run, std::vector<PodPtr> pods) {
  const ObjectMeta& meta = run->object->meta();
  for (const PodPtr& pod : pods) expectations_.ExpectDeletion(meta.key(), pod->meta().uid, now());
  for (const PodPtr& pod : pods) {
    const auto deleted = co_await client().Delete(kPods, pod->meta().key());
    if (deleted.ok()) {
      events().Normal(Involve(kDaemonSetKind, meta), "SuccessfulDelete",
                      "Deleted pod: " + pod->meta().name);
      continue;
    }
    expectations_.DeletionObserved(meta.key(), pod->meta().uid);
    if (deleted.error().code == 404) continue;
    events().Warning(Involve(kDaemonSetKind, meta), "FailedDelete",
                     "Error deleting: " + deleted.error().message);
    run->error = deleted.error().message;
  }
}

Value DaemonSetController::Status(const Run& run) const {
  const DaemonCounts counts = CountDaemons(run.nodes, run.daemons, run.daemon_template, now());
  Object status;
  const auto set_count = [&status](std::string_view name, std::int64_t count) {
    if (count != 0) status[name] = count;
  };
  status["currentNumberScheduled"] = counts.current;
  status["numberMisscheduled"] = counts.misscheduled;
  status["desiredNumberScheduled"] = counts.desired;
  status["numberReady"] = counts.ready;
  set_count("observedGeneration", run.object->meta().generation);
  set_count("updatedNumberScheduled", counts.updated);
  set_count("numberAvailable", counts.available);
  set_count("numberUnavailable", counts.desired - counts.available);
  if (const Value* collisions = FindPath(*run.value, {"status", "collisionCount"})) {
    status["collisionCount"] = *collisions;
  }
  if (const Value* conditions = FindPath(*run.value, {"status", "conditions"})) {
    status["conditions"] = *conditions;
  }
  return status;
}

}  // namespace controllers
