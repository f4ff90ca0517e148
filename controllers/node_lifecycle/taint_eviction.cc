#include "controllers/node_lifecycle/taint_eviction.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::TaintEffect;
using apiserver::TextAt;

const GroupVersionKind kPodKind{"", "v1", "Pod"};

std::vector<apiserver::Taint> NoExecuteTaints(const NodeSummary& node) {
  std::vector<apiserver::Taint> taints;
  for (const apiserver::Taint& taint : node.taints) {
    if (taint.effect == TaintEffect::kNoExecute) taints.push_back(taint);
  }
  return taints;
}

}  // namespace

std::optional<sim::Duration> EvictionDelay(const std::vector<apiserver::Taint>& taints,
                                           const Value& pod) {
  const auto tolerations = apiserver::TolerationsOf(pod);
  const Value* raw = apiserver::FindPath(pod, {"spec", "tolerations"});
  std::optional<std::int64_t> seconds_min;
  for (const apiserver::Taint& taint : taints) {
    bool is_tolerated = false;
    for (std::size_t i = 0; i < tolerations.size(); ++i) {
      if (!tolerations[i].Tolerates(taint)) continue;
      is_tolerated = true;
      const Value* seconds = apiserver::Find(raw->get_array()[i], "tolerationSeconds");
      if (seconds == nullptr || !seconds->is_int64()) continue;  // For ever.
      const std::int64_t count = std::max<std::int64_t>(0, seconds->get_int64());
      seconds_min = seconds_min ? std::min(*seconds_min, count) : count;
    }
    if (!is_tolerated) return sim::Duration::zero();
  }
  if (!seconds_min) return {};
  return std::chrono::seconds(*seconds_min);
}

TaintEvictionController::TaintEvictionController(const ControllerContext& context)
    : Controller(context, {"node-controller", "taint-eviction-controller.sync",
                           "taint-eviction-controller"}),
      nodes_(informers().nodes()),
      pods_(informers().pods()) {
  nodes_.AddHandler([this](const auto& old_node, const auto& new_node) {
    if (!new_node) return;
    const bool had = old_node && !NoExecuteTaints(old_node->summary).empty();
    const bool has = !NoExecuteTaints(new_node->summary).empty();
    if (!had && !has) return;
    for (const PodPtr& pod : pods_.ByIndex("node", new_node->meta().name)) {
      Enqueue(pod->meta().key());
    }
  });
  pods_.AddHandler([this](const PodPtr& old_pod, const PodPtr& new_pod) {
    if (!new_pod) {
      since_.erase(old_pod->meta().uid);
      return;
    }
    if (HasNoExecute(new_pod->summary.node_name)) Enqueue(new_pod->meta().key());
  });
}

bool TaintEvictionController::HasNoExecute(const std::string& name) const {
  const auto node = name.empty() ? nullptr : nodes_.Find({"", name});
  return node && !NoExecuteTaints(node->summary).empty();
}

sim::Task<Outcome> TaintEvictionController::Reconcile(ObjectKey key) {
  const PodPtr pod = pods_.Find(key);
  if (!pod || pod->meta().is_deleting() || pod->summary.node_name.empty()) {
    co_return Outcome::Done();
  }
  const ObjectKey node_key{"", pod->summary.node_name};
  const auto node = nodes_.Find(node_key);
  const std::vector<apiserver::Taint> taints =
      node ? NoExecuteTaints(node->summary) : std::vector<apiserver::Taint>();
  const InvolvedObject object = Involve(kPodKind, pod->meta());
  if (taints.empty()) {
    if (since_.erase(pod->meta().uid) > 0) {
      events().Normal(object, "TaintManagerEviction", "Cancelling deletion of Pod " + key.Text());
    }
    co_return Outcome::Done();
  }
  const std::shared_ptr<const Value> value = pod->object->Peek();
  const auto delay = EvictionDelay(taints, *value);
  if (!delay) {
    since_.erase(pod->meta().uid);
    co_return Outcome::Done();
  }
  if (*delay > sim::Duration::zero()) {
    const sim::Time due = since_.try_emplace(pod->meta().uid, now()).first->second + *delay;
    if (due > now()) co_return Outcome::After(due - now());
  }
  since_.erase(pod->meta().uid);
  events().Normal(object, "TaintManagerEviction", "Marking for deletion Pod " + key.Text());
  const ObjectPtr live = client().Live(kPods, key);
  if (!live || live->meta().uid != pod->meta().uid) co_return Outcome::Done();
  Value updated = live->Parse();
  Object& status = apiserver::EnsureObject(updated, "status");
  Array conditions = CopyConditions(status.if_contains("conditions"));
  if (!IsConditionTrue(status.if_contains("conditions"), "DisruptionTarget")) {
    RemoveCondition(conditions, "DisruptionTarget");
    Object condition;
    condition["type"] = "DisruptionTarget";
    if (live->meta().generation != 0) condition["observedGeneration"] = live->meta().generation;
    condition["status"] = "True";
    condition["lastProbeTime"] = nullptr;
    condition["lastTransitionTime"] = apiserver::FormatTime(now());
    condition["reason"] = "DeletionByTaintManager";
    condition["message"] = "Taint manager: deleting due to NoExecute taint";
    conditions.insert(conditions.begin(), Value(std::move(condition)));
    status["conditions"] = std::move(conditions);
    const auto written = co_await client().Update(kPods, std::move(updated), "status");
    if (!written.ok()) {
      if (written.error().code == 404) co_return Outcome::Done();
      co_return Outcome::Retry(written.error().message);
    }
  }
  const auto deleted = co_await client().Delete(kPods, key);
  if (!deleted.ok() && deleted.error().code != 404) {
    co_return Outcome::Retry(deleted.error().message);
  }
  co_return Outcome::Done();
}

}  // namespace controllers
