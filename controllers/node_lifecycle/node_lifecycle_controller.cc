#include "controllers/node_lifecycle/node_lifecycle_controller.h"

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::TextAt;

const GroupVersionKind kNodeKind{"", "v1", "Node"};
const std::string kLeaseNamespace = "kube-node-lease";

// Upstream's events about nodes name the node's name as its uid.
InvolvedObject InvolveNode(const ObjectMeta& meta) {
  InvolvedObject object = Involve(kNodeKind, meta);
  object.resource_version.clear();
  return object;
}

// kubernetes.io/os and arch have older names, which must agree.
constexpr std::pair<std::string_view, std::string_view> kBetaLabels[] = {
    {"kubernetes.io/os", "beta.kubernetes.io/os"},
    {"kubernetes.io/arch", "beta.kubernetes.io/arch"}};

bool LacksBetaLabels(const Value& node) {
  return std::any_of(std::begin(kBetaLabels), std::end(kBetaLabels), [&](const auto& names) {
    const std::string_view value = TextAt(node, {"metadata", "labels", names.first});
    return !value.empty() && TextAt(node, {"metadata", "labels", names.second}) != value;
  });
}

void CopyBetaLabels(Value& node) {
  for (const auto& [from, to] : kBetaLabels) {
    const std::string value(TextAt(node, {"metadata", "labels", from}));
    if (value.empty()) continue;
    apiserver::EnsureObject(apiserver::EnsureObject(node, "metadata"), "labels")[to] = value;
  }
}

}  // namespace

NodeLifecycleController::NodeLifecycleController(const ControllerContext& context)
    : Controller(context, {"node-controller", "node-lifecycle-controller.sync", "node-controller"}),
      nodes_(informers().nodes()),
      pods_(informers().pods()) {
  nodes_.AddHandler(
      [this](const auto& old_node, const auto& new_node) { OnNode(old_node, new_node); });
}

NodeLifecycleController::~NodeLifecycleController() {
  for (auto& [name, watched] : watched_) kernel().Cancel(watched.check);
}

void NodeLifecycleController::OnNode(const NodeInformer::EntryPtr& old_node,
                                     const NodeInformer::EntryPtr& new_node) {
  if (!new_node) {
    const ObjectMeta& meta = old_node->meta();
    events().Normal(
        InvolveNode(meta), "RemovingNode",
        "Node " + meta.name + " event: Removing Node " + meta.name + " from Controller");
    kernel().Cancel(watched_[meta.name].check);
    watched_.erase(meta.name);
    return;
  }
  const ObjectMeta& meta = new_node->meta();
  if (!old_node) {
    events().Normal(
        InvolveNode(meta), "RegisteredNode",
        "Node " + meta.name + " event: Registered Node " + meta.name + " in Controller");
    watched_[meta.name].heard.at = now();
    WatchFor(meta.name);
  }
  Enqueue(meta.key());
}

// Leases are not followed: they are read when a node's time has come, so heartbeats cost nothing
// here.
void NodeLifecycleController::WatchFor(const std::string& name) {
  const auto found = watched_.find(name);
  if (found == watched_.end()) return;
  const sim::Time due = std::max(SilentAt(found->second.heard), now() + std::chrono::seconds(1));
  found->second.check = kernel().At(
      due, sim::Lane::kControl, "node-lifecycle-controller.check", name,
      [this, name] {
        if (watched_.contains(name)) Enqueue({"", name});
        WatchFor(name);
      },
      sim::Work::kHousekeeping);
}

sim::Task<Outcome> NodeLifecycleController::Reconcile(ObjectKey key) {
  const auto found = watched_.find(key.name);
  ObjectPtr node = client().Live(kNodes, key);
  if (!node || found == watched_.end()) co_return Outcome::Done();
  std::shared_ptr<const Value> value = node->Peek();
  Watched& watched = found->second;
  watched.node = value;

  std::string lease_time;
  if (const ObjectPtr lease = LeaseOf(key.name)) {
    lease_time = TextAt(*lease->Peek(), {"spec", "renewTime"});
  }
  const Value* conditions = FindPath(*value, {"status", "conditions"});
  std::string status_text;
  const Value* ready = FindCondition(conditions, "Ready");
  if (ready != nullptr) {
    status_text = std::string(TextAt(*ready, {"lastHeartbeatTime"})) + "/" +
                  std::string(TextAt(*ready, {"status"}));
  }
  const bool is_news = lease_time != watched.lease_time || status_text != watched.status_text;
  if (is_news) {
    watched.lease_time = lease_time;
    watched.status_text = status_text;
    // A condition that this controller wrote is no sign of life.
    const bool is_own = ready != nullptr && TextAt(*ready, {"status"}) == "Unknown";
    const auto renewed = apiserver::TimeFromText(lease_time);
    if (renewed && *renewed > watched.heard.at) watched.heard.at = *renewed;
    if (!is_own && ready != nullptr) {
      const auto beat = apiserver::TimeFromText(TextAt(*ready, {"lastHeartbeatTime"}));
      if (!renewed) watched.heard.at = beat ? std::max(*beat, watched.heard.at) : now();
      watched.heard.has_reported = true;
    }
  }
  // Without lease and heartbeat times nothing can go stale: somebody else sets this node's status.
  const bool has_pulse =
      !lease_time.empty() || ready == nullptr || !TextAt(*ready, {"lastHeartbeatTime"}).empty();
  if (has_pulse && now() >= SilentAt(watched.heard)) {
    const bool marked = co_await MarkUnknown(node);
    if (!marked) co_return Outcome::Retry("the node's status could not be written");
    node = client().Live(kNodes, key);
    if (!node) co_return Outcome::Done();
    value = node->Peek();
  }
  auto taints = WantedTaints(*value, now());
  bool changed = taints.has_value() || LacksBetaLabels(*value);
  Value updated = changed ? node->Parse() : Value();
  if (changed) CopyBetaLabels(updated);
  if (taints) {
    Object& spec = apiserver::EnsureObject(updated, "spec");
    if (taints->empty()) {
      spec.erase("taints");
    } else {
      spec["taints"] = std::move(*taints);
    }
  }
  if (changed) {
    const auto written = co_await client().Update(kNodes, std::move(updated));
    if (!written.ok() && written.error().code != 404) {
      co_return Outcome::Retry(written.error().message);
    }
  }
  const Value* now_ready = FindCondition(FindPath(*value, {"status", "conditions"}), "Ready");
  const bool is_lost = now_ready != nullptr && TextAt(*now_ready, {"status"}) != "True";
  if (is_lost) {
    const bool marked = co_await MarkPodsNotReady(key.name);
    if (!marked) co_return Outcome::Retry("a pod's status could not be written");
  }
  co_return Outcome::Done();
}

ObjectPtr NodeLifecycleController::LeaseOf(const std::string& node) {
  return client().Live(kLeases, {kLeaseNamespace, node});
}

sim::Task<bool> NodeLifecycleController::MarkUnknown(ObjectPtr node) {
  const std::shared_ptr<const Value> value = node->Peek();
  auto conditions = UnknownConditions(*value, now());
  if (!conditions) co_return true;
  Value updated = node->Parse();
  apiserver::EnsureObject(updated, "status")["conditions"] = std::move(*conditions);
  const auto written = co_await client().Update(kNodes, std::move(updated), "status");
  if (written.ok()) {
    events().Normal(InvolveNode(node->meta()), "NodeNotReady",
                    "Node " + node->meta().name + " status is now: NodeNotReady");
  }
  co_return written.ok() || written.error().code == 404;
}

// Pods of a node that is not ready serve nobody.
sim::Task<bool> NodeLifecycleController::MarkPodsNotReady(std::string node) {
  const std::vector<PodPtr> pods = pods_.ByIndex("node", node);
  for (const PodPtr& pod : pods) {
    if (!pod->summary.is_ready) continue;
    const ObjectPtr live = client().Live(kPods, pod->meta().key());
    if (!live || live->meta().uid != pod->meta().uid) continue;
    Value updated = live->Parse();
    Value* conditions = FindPath(updated, {"status", "conditions"});
    bool changed = false;
    if (conditions != nullptr && conditions->is_array()) {
      for (Value& condition : conditions->get_array()) {
        if (TextAt(condition, {"type"}) != "Ready" || TextAt(condition, {"status"}) != "True") {
          continue;
        }
        condition.get_object()["status"] = "False";
        condition.get_object()["lastTransitionTime"] = apiserver::FormatTime(now());
        changed = true;
      }
    }
    if (!changed) continue;
    const auto written = co_await client().Update(kPods, std::move(updated), "status");
    if (!written.ok() && written.error().code != 404) co_return false;
    const GroupVersionKind pod_kind{"", "v1", "Pod"};
    events().Warning(Involve(pod_kind, pod->meta()), "NodeNotReady", "Node is not ready");
  }
  co_return true;
}

NodeTtlController::NodeTtlController(const ControllerContext& context)
    : Controller(context, {"ttl-controller", "ttl-controller.sync", ""}),
      nodes_(informers().nodes()) {
  EnqueueChangesOf(nodes_);
}

// Source of the steps: k8s.io/kubernetes/pkg/controller/ttl.
int NodeTtlController::TtlSeconds() const {
  const std::size_t count = nodes_.entries().size();
  if (count <= 100) return 0;
  if (count <= 500) return 15;
  if (count <= 1000) return 30;
  return count <= 2000 ? 60 : 300;
}

sim::Task<Outcome> NodeTtlController::Reconcile(ObjectKey key) {
  constexpr std::string_view kTtl = "node.alpha.kubernetes.io/ttl";
  const ObjectPtr node = client().Live(kNodes, key);
  if (!node) co_return Outcome::Done();
  const std::string wanted = std::to_string(TtlSeconds());
  if (TextAt(*node->Peek(), {"metadata", "annotations", kTtl}) == wanted) co_return Outcome::Done();
  Object annotations;
  annotations[kTtl] = wanted;
  Object metadata;
  metadata["annotations"] = std::move(annotations);
  Object patch;
  patch["metadata"] = std::move(metadata);
  const auto patched = co_await client().Patch(kNodes, key, apiserver::PatchType::kStrategic,
                                               Value(std::move(patch)));
  if (!patched.ok() && patched.error().code != 404) {
    co_return Outcome::Retry(patched.error().message);
  }
  co_return Outcome::Done();
}

}  // namespace controllers
