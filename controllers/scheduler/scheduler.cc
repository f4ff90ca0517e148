#include "controllers/scheduler/scheduler.h"

#include "apiserver/api/time_format.h"

namespace controllers {
namespace {

using apiserver::Array;
using apiserver::ChangePtr;
using apiserver::ChangeType;
using apiserver::Find;
using apiserver::FindPath;
using apiserver::Object;
using apiserver::TextAt;
using apiserver::Value;

using apiserver::kPods;

apiserver::UserInfo SchedulerUser() {
  return {
      .name = "system:kube-scheduler", .uid = {}, .groups = {"system:authenticated"}, .extra = {}};
}

// Whether the queue's view of a pod that waits should be looked at again.
bool IsRetryWorthy(const SchedulerPod& old_pod, const SchedulerPod& pod) {
  return old_pod.generation != pod.generation || old_pod.labels != pod.labels ||
         old_pod.scheduling_gates != pod.scheduling_gates;
}

// The condition `type` of the pod, or nullptr.
const Value* ConditionOf(const Value& pod, std::string_view type) {
  const Value* conditions = FindPath(pod, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    if (TextAt(condition, {"type"}) == type) return &condition;
  }
  return nullptr;
}

// The condition as it should be, with the time of the last change kept when the status stays.
Object MakeCondition(const Value& pod, std::int64_t generation, std::string_view type,
                     std::string_view status, std::string_view reason, std::string_view message,
                     sim::Time now) {
  const Value* old_condition = ConditionOf(pod, type);
  std::string changed = apiserver::FormatTime(now);
  if (old_condition != nullptr && TextAt(*old_condition, {"status"}) == status) {
    changed = TextAt(*old_condition, {"lastTransitionTime"});
  }
  return {{"type", type},     {"observedGeneration", generation},
          {"status", status}, {"lastTransitionTime", changed},
          {"reason", reason}, {"message", message}};
}

bool SaysTheSame(const Value& pod, const Object& condition) {
  const Value* old_condition = ConditionOf(pod, condition.at("type").as_string());
  if (old_condition == nullptr) return false;
  for (const std::string_view name : {"status", "reason", "message"}) {
    if (TextAt(*old_condition, {name}) != std::string_view(condition.at(name).as_string()))
      return false;
  }
  return true;
}

}  // namespace

Scheduler::Scheduler(sim::Kernel& kernel, apiserver::RequestHandler& handler,
                     const apiserver::Store& store, apiserver::WatchHub& hub,
                     SchedulerOptions options)
    : kernel_(kernel),
      options_(std::move(options)),
      client_(handler, store, {.user = SchedulerUser(), .field_manager = "kube-scheduler"}),
      events_(kernel, client_, options_.name),
      algorithm_(DefaultSchedulerPlugins(), options_.algorithm) {
  const auto follow = [&](apiserver::GroupResource resource,
                          void (Scheduler::*handle)(const ChangePtr&)) {
    subscriptions_.push_back(
        hub.Subscribe("kube-scheduler", std::move(resource),
                      [this, handle](const ChangePtr& change) { (this->*handle)(change); }));
  };
  follow({"", "nodes"}, &Scheduler::OnNode);
  follow({"", "namespaces"}, &Scheduler::OnNamespace);
  follow({"policy", "poddisruptionbudgets"}, &Scheduler::OnBudget);
  follow({"", "services"}, &Scheduler::OnService);
  follow({"apps", "replicasets"}, &Scheduler::OnOwner);
  follow({"apps", "statefulsets"}, &Scheduler::OnOwner);
  follow({"", "replicationcontrollers"}, &Scheduler::OnOwner);
  follow({"", "pods"}, &Scheduler::OnPod);
}

const SchedulingDecision* Scheduler::LastDecision(const apiserver::ObjectKey& pod) const {
  const auto found =
      std::find_if(decisions_.rbegin(), decisions_.rend(),
                   [&](const SchedulingDecision& decision) { return decision.pod == pod; });
  return found != decisions_.rend() ? &*found : nullptr;
}

// --- What happens in the cluster.

void Scheduler::OnPod(const ChangePtr& change) {
  const apiserver::ObjectKey key = change->object->key();
  const auto known = pods_.find(key);
  const SchedulerPodPtr old_pod = known != pods_.end() ? known->second : nullptr;
  SchedulerPodPtr pod;
  if (change->type != ChangeType::kDeleted) {
    pod = MakeSchedulerPod(*change->object->Peek(), change->object->meta());
    if (pod->is_finished) pod = nullptr;  // Takes no room any more.
  }
  const bool is_same = old_pod && pod && old_pod->uid == pod->uid;
  if (old_pod && !is_same) ForgetPod(old_pod);
  if (!pod) return;
  pods_[key] = pod;
  const SchedulerPodPtr before = is_same ? old_pod : nullptr;
  if (!pod->node_name.empty()) {
    PlacePod(before, pod);
  } else if (pod->scheduler_name == options_.name || pod->scheduler_name.empty()) {
    QueuePod(before, pod);
  }
}

void Scheduler::PlacePod(const SchedulerPodPtr& old_pod, const SchedulerPodPtr& pod) {
  queue_.Remove(pod->uid);
  nominations_.Remove(pod->uid);
  const bool was_counted = cache_.NodeOfPod(pod->uid) != nullptr;
  cache_.SetPod(pod, pod->node_name);
  ClusterEvent event;
  event.kind =
      was_counted && old_pod ? ClusterEvent::Kind::kPodChanged : ClusterEvent::Kind::kPodAdded;
  event.pod = pod.get();
  event.old_pod = old_pod.get();
  // An assumed pod that is now seen bound changes nothing for others but what its addition did.
  Notify(event);
}

void Scheduler::ForgetPod(const SchedulerPodPtr& pod) {
  pods_.erase(pod->key);
  queue_.Remove(pod->uid);
  nominations_.Remove(pod->uid);
  if (cache_.NodeOfPod(pod->uid) == nullptr) return;
  cache_.RemovePod(pod->uid);
  ClusterEvent event;
  event.kind = ClusterEvent::Kind::kPodRemoved;
  event.pod = pod.get();
  Notify(event);
}

void Scheduler::QueuePod(const SchedulerPodPtr& old_pod, const SchedulerPodPtr& pod) {
  if (cache_.NodeOfPod(pod->uid) != nullptr) return;  // Assumed: its binding is on the way.
  if (pod->is_deleting) {
    queue_.Remove(pod->uid);
    nominations_.Remove(pod->uid);
    return;
  }
  if (!pod->nominated_node_name.empty()) nominations_.Set(pod, pod->nominated_node_name);
  queue_.Set(pod, kernel_.now(), !old_pod || IsRetryWorthy(*old_pod, *pod));
  Wake();
}

void Scheduler::OnNode(const ChangePtr& change) {
  const std::string& name = change->object->meta().name;
  ClusterEvent event;
  if (change->type == ChangeType::kDeleted) {
    cache_.RemoveNode(name);
    event.kind = ClusterEvent::Kind::kNodeRemoved;
  } else {
    event.kind = cache_.FindNode(name) == nullptr ? ClusterEvent::Kind::kNodeAdded
                                                  : ClusterEvent::Kind::kNodeChanged;
    cache_.SetNode(MakeSchedulerNodeFacts(*change->object->Peek(), change->object->meta()));
    event.node = cache_.FindNode(name);
  }
  Notify(event);
}

void Scheduler::OnNamespace(const ChangePtr& change) {
  const auto& meta = change->object->meta();
  if (change->type == ChangeType::kDeleted) {
    cache_.RemoveNamespace(meta.name);
  } else {
    cache_.SetNamespace(meta.name, meta.labels);
  }
}

void Scheduler::OnBudget(const ChangePtr& change) {
  const apiserver::ObjectKey key = change->object->key();
  if (change->type == ChangeType::kDeleted) {
    budgets_.erase(key);
    return;
  }
  const auto budget = change->object->Peek();
  auto selector = apiserver::LabelSelector::FromObject(FindPath(*budget, {"spec", "selector"}));
  budgets_[key] = {key, selector ? std::move(*selector) : apiserver::LabelSelector::Nothing(),
                   apiserver::IntAt(*budget, {"status", "disruptionsAllowed"})};
}

void Scheduler::OnService(const ChangePtr& change) {
  const apiserver::ObjectKey key = change->object->key();
  if (change->type == ChangeType::kDeleted) {
    cache_.workloads().RemoveService(key);
  } else {
    cache_.workloads().SetService(key, apiserver::LabelSelector::FromMap(FindPath(
                                           *change->object->Peek(), {"spec", "selector"})));
  }
}

void Scheduler::OnOwner(const ChangePtr& change) {
  const apiserver::ObjectKey key = change->object->key();
  const std::string& resource = change->resource.resource;
  const std::string kind = resource == "replicasets"    ? "ReplicaSet"
                           : resource == "statefulsets" ? "StatefulSet"
                                                        : "ReplicationController";
  if (change->type == ChangeType::kDeleted) {
    cache_.workloads().RemoveOwner(kind, key);
    return;
  }
  const auto owner = change->object->Peek();
  const Value* selector = FindPath(*owner, {"spec", "selector"});
  if (kind == "ReplicationController") {
    cache_.workloads().SetOwner(kind, key, apiserver::LabelSelector::FromMap(selector));
  } else if (auto parsed = apiserver::LabelSelector::FromObject(selector)) {
    cache_.workloads().SetOwner(kind, key, std::move(*parsed));
  }
}

void Scheduler::Notify(const ClusterEvent& event) {
  if (queue_.unschedulable_count() == 0) return;
  queue_.Move(
      [&](const QueuedPod& pod) {
        if (pod.refusing_plugins.empty()) return true;
        return std::any_of(algorithm_.plugins().begin(), algorithm_.plugins().end(),
                           [&](const auto& plugin) {
                             return pod.refusing_plugins.contains(std::string(plugin->name())) &&
                                    plugin->MayHelp(*pod.pod, event, cache_);
                           });
      },
      kernel_.now());
  Wake();
}

// --- One pod after the other.

void Scheduler::Wake() {
  const sim::Time now = kernel_.now();
  if (queue_.HasActive(now)) {
    if (!kernel_.IsPending(next_cycle_)) {
      next_cycle_ =
          kernel_.Post(sim::Lane::kControl, "scheduler.schedule", {}, [this] { ScheduleOne(); });
    }
    return;
  }
  const auto due = queue_.NextDue();
  if (!due || (kernel_.IsPending(next_due_) && next_due_at_ <= *due)) return;
  kernel_.Cancel(next_due_);
  next_due_at_ = std::max(*due, now);
  // A pause is work; that nothing has helped a pod for five minutes is not.
  const sim::Work work = queue_.backoff_count() > 0 ? sim::Work::kWork : sim::Work::kHousekeeping;
  next_due_ = kernel_.At(
      next_due_at_, sim::Lane::kControl, "scheduler.retry", {},
      [this] {
        queue_.Flush(kernel_.now());
        Wake();
      },
      work);
}

void Scheduler::ScheduleOne() {
  std::optional<QueuedPod> queued = queue_.Pop(kernel_.now());
  if (!queued) return Wake();
  const SchedulerPodPtr pod = queued->pod;
  SchedulingDecision decision =
      algorithm_.Decide(*pod, cache_, nominations_, budgets_, kernel_.Stream("scheduler"));
  if (!decision.node.empty()) {
    Remember(decision);
    cache_.SetPod(pod, decision.node);
    tasks_.Spawn(Bind(std::move(*queued), std::move(decision.node)));
  } else {
    Remember(decision);
    queued->refusing_plugins = decision.refusing_plugins;
    // Until the next time it may change where others go: before anything is written.
    if (!decision.nominated_node.empty()) {
      nominations_.Set(pod, decision.nominated_node);
    } else if (decision.clears_nomination) {
      nominations_.Remove(pod->uid);
    }
    queue_.PutBackUnschedulable(*queued, kernel_.now());
    tasks_.Spawn(ReportFailure(std::move(*queued), std::move(decision)));
  }
  Wake();
}

sim::Task<> Scheduler::Bind(QueuedPod queued, std::string node_name) {
  const SchedulerPodPtr pod = queued.pod;
  Value binding = Object{
      {"apiVersion", "v1"},
      {"kind", "Binding"},
      {"metadata",
       Object{{"name", pod->key.name}, {"namespace", pod->key.namespace_}, {"uid", pod->uid}}},
      {"target", Object{{"kind", "Node"}, {"name", node_name}}}};
  auto request =
      client_.Create(kPods, pod->key.namespace_, std::move(binding), pod->key.name, "binding");
  const auto bound = co_await request;
  if (bound.ok()) {
    nominations_.Remove(pod->uid);
    events_.Record(pod, {"Normal", "Scheduled", "Binding",
                         "Successfully assigned " + pod->key.Text() + " to " + node_name, nullptr});
    co_return;
  }
  const auto newest = pods_.find(pod->key);
  const bool still_waits =
      newest != pods_.end() && newest->second->uid == pod->uid && newest->second->node_name.empty();
  if (!still_waits) co_return;  // Gone, or bound by somebody else: seen in the watch.
  cache_.RemovePod(pod->uid);
  if (bound.error().code == 404) co_return;  // Its deletion is on the way to us.
  queued.pod = newest->second;
  queue_.PutBackError(std::move(queued), kernel_.now());
  Wake();
}

sim::Task<> Scheduler::ReportFailure(QueuedPod queued, SchedulingDecision decision) {
  const SchedulerPodPtr pod = queued.pod;
  events_.Record(pod, {"Warning", "FailedScheduling", "Scheduling", decision.message, nullptr});
  for (const SchedulerPodPtr& victim : decision.victims) {
    tasks_.Spawn(Evict(pod, victim, decision.nominated_node));
  }
  const apiserver::ObjectPtr live = client_.Live(kPods, pod->key);
  if (!live || live->meta().uid != pod->uid) co_return;
  const auto value = live->Peek();
  Object condition = MakeCondition(*value, live->meta().generation, "PodScheduled", "False",
                                   "Unschedulable", decision.message, kernel_.now());
  Object status;
  if (!SaysTheSame(*value, condition)) status["conditions"] = Array{std::move(condition)};
  const std::string_view nominated = TextAt(*value, {"status", "nominatedNodeName"});
  if (!decision.nominated_node.empty() && nominated != decision.nominated_node) {
    status["nominatedNodeName"] = decision.nominated_node;
  } else if (decision.clears_nomination && !nominated.empty()) {
    status["nominatedNodeName"] = nullptr;
  }
  if (status.empty()) co_return;
  auto patched = client_.Patch(kPods, pod->key, apiserver::PatchType::kStrategic,
                               Object{{"status", std::move(status)}}, "status");
  co_await patched;
}

sim::Task<> Scheduler::Evict(SchedulerPodPtr preemptor, SchedulerPodPtr victim,
                             std::string node_name) {
  const apiserver::ObjectPtr live = client_.Live(kPods, victim->key);
  if (!live || live->meta().uid != victim->uid) co_return;
  const auto value = live->Peek();
  Object condition = MakeCondition(
      *value, live->meta().generation, "DisruptionTarget", "True", "PreemptionByScheduler",
      options_.name + ": preempting to accommodate a higher priority pod", kernel_.now());
  if (!SaysTheSame(*value, condition)) {
    Value patch = Object{{"status", Object{{"conditions", Array{std::move(condition)}}}}};
    auto patched = client_.Patch(kPods, victim->key, apiserver::PatchType::kStrategic,
                                 std::move(patch), "status");
    co_await patched;
  }
  apiserver::DeleteOptions options;
  options.uid = victim->uid;
  auto deletion = client_.Delete(kPods, victim->key, std::move(options));
  const auto deleted = co_await deletion;
  if (!deleted.ok()) co_return;  // Gone already.
  events_.Record(victim,
                 {"Normal", "Preempted", "Preempting",
                  "Preempted by pod " + preemptor->uid + " on node " + node_name, preemptor});
}

void Scheduler::Remember(const SchedulingDecision& decision) {
  if (decisions_.size() >= options_.decisions_max) decisions_.pop_front();
  decisions_.push_back(decision);
}

}  // namespace controllers
