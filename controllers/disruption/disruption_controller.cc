#include "controllers/disruption/disruption_controller.h"

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::TextAt;

const GroupVersionKind kBudgetKind{"policy", "v1", "PodDisruptionBudget"};

// An evicted pod that has not begun to end by then was not evicted after all.
constexpr sim::Duration kDisruptionTimeout = std::chrono::minutes(2);

// As Go prints a LabelSelector.
std::string GoSelectorText(const Value& budget) {
  std::string labels;
  const Value* match = FindPath(budget, {"spec", "selector", "matchLabels"});
  if (match != nullptr && match->is_object()) {
    std::map<std::string, std::string> sorted;
    for (const auto& member : match->get_object()) {
      if (member.value().is_string()) sorted[member.key()] = member.value().get_string();
    }
    for (const auto& [name, value] : sorted) labels += name + ": " + value + ",";
  }
  return "&LabelSelector{MatchLabels:map[string]string{" + labels +
         "},MatchExpressions:[]LabelSelectorRequirement{},}";
}

}  // namespace

DisruptionController::DisruptionController(const ControllerContext& context)
    : Controller(context,
                 {"disruption-controller", "disruption-controller.sync", "controllermanager"}),
      budgets_(informers().pod_disruption_budgets()),
      pods_(informers().pods()) {
  EnqueueChangesOf(budgets_);
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
  const auto on_sets = [this](const ReplicaSetPtr& old_set, const ReplicaSetPtr& new_set) {
    if (!old_set || !new_set || old_set->summary.replicas == new_set->summary.replicas) return;
    for (const PodPtr& pod : pods_.ByIndex("owner", new_set->meta().uid)) EnqueueFor(pod->meta());
  };
  informers().replica_sets().AddHandler(on_sets);
  informers().replication_controllers().AddHandler(on_sets);
}

void DisruptionController::EnqueueFor(const ObjectMeta& pod) {
  for (const auto& budget : budgets_.ByIndex("namespace", pod.namespace_)) {
    if (budget->summary.selector.Matches(pod.labels)) Enqueue(budget->meta().key());
  }
}

void DisruptionController::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  if (old_pod && new_pod) {
    const bool is_same = old_pod->summary.is_ready == new_pod->summary.is_ready &&
                         old_pod->summary.phase == new_pod->summary.phase &&
                         old_pod->meta().is_deleting() == new_pod->meta().is_deleting() &&
                         old_pod->meta().labels == new_pod->meta().labels;
    if (is_same) return;
    if (old_pod->meta().labels != new_pod->meta().labels) EnqueueFor(old_pod->meta());
  }
  EnqueueFor((new_pod ? new_pod : old_pod)->meta());
}

std::optional<std::pair<std::string, int>> DisruptionController::ScaleOfController(
    const ObjectMeta& pod) const {
  const apiserver::OwnerReference* owner = pod.Controller();
  if (owner == nullptr) return {};
  const auto wanted = [&](const GroupVersionResource& resource, const ObjectKey& key,
                          const std::string& uid) -> std::optional<std::pair<std::string, int>> {
    const ObjectPtr object = store().Find(resource.group_resource(), key);
    if (!object || object->meta().uid != uid) return {};
    return std::pair(uid,
                     static_cast<int>(apiserver::IntAt(*object->Peek(), {"spec", "replicas"}, 1)));
  };
  const ObjectKey key{pod.namespace_, owner->name};
  if (owner->kind == "ReplicationController")
    return wanted(kReplicationControllers, key, owner->uid);
  if (owner->kind == "StatefulSet") return wanted(kStatefulSets, key, owner->uid);
  if (owner->kind != "ReplicaSet") return {};
  const ObjectPtr set = store().Find(kReplicaSets.group_resource(), key);
  if (!set || set->meta().uid != owner->uid) return {};
  const apiserver::OwnerReference* deployment = set->meta().Controller();
  if (deployment != nullptr && deployment->kind == "Deployment") {
    return wanted(kDeployments, {pod.namespace_, deployment->name}, deployment->uid);
  }
  return wanted(kReplicaSets, key, owner->uid);
}

DisruptionController::Scale DisruptionController::ScaleOf(const std::vector<PodPtr>& pods) const {
  Scale scale;
  std::map<std::string, int> by_controller;  // each counts once
  for (const PodPtr& pod : pods) {
    const auto found = ScaleOfController(pod->meta());
    if (found) {
      by_controller.insert(*found);
    } else {
      scale.has_unmanaged = true;
    }
  }
  for (const auto& [uid, replicas] : by_controller) scale.replicas += replicas;
  return scale;
}

sim::Task<Outcome> DisruptionController::Reconcile(ObjectKey key) {
  const auto budget = budgets_.Find(key);
  if (!budget) co_return Outcome::Done();
  const ObjectPtr live = client().Live(kPodDisruptionBudgets, key);
  if (!live) co_return Outcome::Done();
  const std::shared_ptr<const Value> value = live->Peek();
  std::vector<PodPtr> pods = pods_.ByIndex("namespace", key.namespace_);
  std::erase_if(pods, [&](const PodPtr& pod) {
    return pod->summary.is_finished() || !budget->summary.selector.Matches(pod->meta().labels);
  });
  Scale scale;
  if (NeedsScale(*value)) scale = ScaleOf(pods);
  if (scale.has_unmanaged) {
    events().Warning(
        Involve(kBudgetKind, live->meta()), "UnmanagedPods",
        "Pods selected by this PodDisruptionBudget (selector: " + GoSelectorText(*value) +
            ") were found to be unmanaged. As a result, the status of the PDB cannot be calculated "
            "correctly, which may result in undefined behavior. To account for these pods please "
            "set \".spec.minAvailable\" field of the PDB to an integer value.");
  }
  DisruptionCounts counts = CountDisruption(*value, static_cast<int>(pods.size()), scale.replicas);
  // Evicted pods count as gone until they are, but not for ever.
  DisruptedPods disrupted;
  std::optional<sim::Time> recheck;
  const Value* present = FindPath(*value, {"status", "disruptedPods"});
  for (const PodPtr& pod : pods) {
    if (pod->meta().is_deleting()) continue;
    const Value* since = present == nullptr ? nullptr : apiserver::Find(*present, pod->meta().name);
    if (since != nullptr && since->is_string()) {
      const std::string text(since->get_string());
      const auto at = apiserver::TimeFromText(text);
      if (at && *at + kDisruptionTimeout > now()) {
        disrupted[pod->meta().name] = text;
        recheck = std::min(recheck.value_or(*at + kDisruptionTimeout), *at + kDisruptionTimeout);
        continue;
      }
    }
    if (pod->summary.is_ready) ++counts.healthy;
  }
  const auto written =
      co_await WriteStatus(&client(), kPodDisruptionBudgets, live,
                           DisruptionStatus(*value, live->meta(), counts, disrupted, now()));
  if (!written.ok() && written.error().code != 404) {
    co_return Outcome::Retry(written.error().message);
  }
  if (recheck) co_return Outcome::After(*recheck - now());
  co_return Outcome::Done();
}

}  // namespace controllers
