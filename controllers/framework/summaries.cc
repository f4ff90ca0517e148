#include "controllers/framework/summaries.h"

#include <charconv>

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::Find;
using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::LabelSelector;
using apiserver::TextAt;

PodPhase ReadPhase(std::string_view text) {
  if (text == "Running") return PodPhase::kRunning;
  if (text == "Succeeded") return PodPhase::kSucceeded;
  if (text == "Failed") return PodPhase::kFailed;
  if (text == "Unknown") return PodPhase::kUnknown;
  return PodPhase::kPending;
}

std::optional<std::int64_t> ReadAnnotation(const Value& object, std::string_view name) {
  const std::string_view text = TextAt(object, {"metadata", "annotations", name});
  std::int64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || text.empty() || stopped != text.data() + text.size()) return {};
  return number;
}

sim::Time CreationTime(const ObjectMeta& meta) {
  return apiserver::TimeFromText(meta.creation_timestamp).value_or(sim::Time{});
}

LabelSelector ReadSelector(const Value* selector) {
  auto result = LabelSelector::FromObject(selector);
  return result.ok() ? std::move(*result) : LabelSelector::Nothing();
}

void ReadClaims(const Value& pod, const ObjectMeta& meta, std::vector<std::string>& claims) {
  const Value* volumes = FindPath(pod, {"spec", "volumes"});
  if (volumes == nullptr || !volumes->is_array()) return;
  for (const Value& volume : volumes->get_array()) {
    const std::string_view claim = TextAt(volume, {"persistentVolumeClaim", "claimName"});
    if (!claim.empty()) {
      claims.emplace_back(claim);
    } else if (Find(volume, "ephemeral") != nullptr) {
      claims.push_back(meta.name + "-" + std::string(TextAt(volume, {"name"})));
    }
  }
}

// The node of the first required term that names one by matchFields.
std::string ReadTargetNode(const Value& pod) {
  const Value* terms =
      FindPath(pod, {"spec", "affinity", "nodeAffinity",
                     "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"});
  if (terms == nullptr || !terms->is_array()) return {};
  for (const Value& term : terms->get_array()) {
    const Value* fields = Find(term, "matchFields");
    if (fields == nullptr || !fields->is_array()) continue;
    for (const Value& field : fields->get_array()) {
      const Value* values = Find(field, "values");
      const bool is_name = TextAt(field, {"key"}) == "metadata.name" && values != nullptr &&
                           values->is_array() && values->get_array().size() == 1;
      if (is_name && values->get_array()[0].is_string()) {
        return std::string(values->get_array()[0].get_string());
      }
    }
  }
  return {};
}

ReplicaSetSummary SummarizeReplicas(const Value& object, const ObjectMeta& meta) {
  ReplicaSetSummary summary;
  summary.replicas = static_cast<int>(IntAt(object, {"spec", "replicas"}, 1));
  summary.min_ready_seconds = static_cast<int>(IntAt(object, {"spec", "minReadySeconds"}));
  summary.template_text = TemplateText(object);
  summary.observed_generation = IntAt(object, {"status", "observedGeneration"});
  summary.status_replicas = static_cast<int>(IntAt(object, {"status", "replicas"}));
  summary.ready_replicas = static_cast<int>(IntAt(object, {"status", "readyReplicas"}));
  summary.available_replicas = static_cast<int>(IntAt(object, {"status", "availableReplicas"}));
  if (FindPath(object, {"status", "terminatingReplicas"}) != nullptr) {
    summary.terminating_replicas =
        static_cast<int>(IntAt(object, {"status", "terminatingReplicas"}));
  }
  summary.deployment_revision =
      ReadAnnotation(object, "deployment.kubernetes.io/revision").value_or(0);
  summary.desired_annotation = ReadAnnotation(object, "deployment.kubernetes.io/desired-replicas");
  summary.max_annotation = ReadAnnotation(object, "deployment.kubernetes.io/max-replicas");
  summary.created = CreationTime(meta);
  return summary;
}

std::vector<std::string> ControllerUid(const ObjectMeta& meta) {
  const apiserver::OwnerReference* owner = meta.Controller();
  return owner == nullptr ? std::vector<std::string>{} : std::vector<std::string>{owner->uid};
}

template <class Summary>
typename apiserver::Informer<Summary>::Options CommonOptions(
    const GroupVersionResource& resource,
    std::function<Summary(const Value&, const ObjectMeta&)> summarize) {
  using Entry = typename apiserver::Informer<Summary>::Entry;
  typename apiserver::Informer<Summary>::Options options;
  options.watcher = "kube-controller-manager";
  options.resource = resource.group_resource();
  options.summarize = std::move(summarize);
  options.indexes["owner"] = [](const Entry& entry) { return ControllerUid(entry.meta()); };
  options.indexes["orphan"] = [](const Entry& entry) {
    return entry.meta().Controller() != nullptr ? std::vector<std::string>{}
                                                : std::vector<std::string>{entry.meta().namespace_};
  };
  options.indexes["namespace"] = [](const Entry& entry) {
    return std::vector<std::string>{entry.meta().namespace_};
  };
  return options;
}

}  // namespace

std::string TemplateText(const Value& workload) {
  const Value* pod_template = FindPath(workload, {"spec", "template"});
  if (pod_template == nullptr) return {};
  if (TextAt(*pod_template, {"metadata", "labels", "pod-template-hash"}).empty()) {
    return boost::json::serialize(*pod_template);
  }
  Value copy = *pod_template;
  apiserver::FindPath(copy, {"metadata", "labels"})->get_object().erase("pod-template-hash");
  return boost::json::serialize(copy);
}

PodSummary SummarizePod(const Value& pod, const ObjectMeta& meta) {
  PodSummary summary;
  summary.phase = ReadPhase(TextAt(pod, {"status", "phase"}));
  summary.node_name = TextAt(pod, {"spec", "nodeName"});
  summary.pod_ip = TextAt(pod, {"status", "podIP"});
  if (summary.node_name.empty()) summary.target_node = ReadTargetNode(pod);
  const Value* ready = FindCondition(FindPath(pod, {"status", "conditions"}), "Ready");
  if (ready != nullptr && TextAt(*ready, {"status"}) == "True") {
    summary.is_ready = true;
    summary.ready_since = apiserver::TimeFromText(TextAt(*ready, {"lastTransitionTime"}));
  }
  summary.created = CreationTime(meta);
  const Value* statuses = FindPath(pod, {"status", "containerStatuses"});
  if (statuses != nullptr && statuses->is_array()) {
    for (const Value& status : statuses->get_array()) {
      summary.restart_count_max =
          std::max(summary.restart_count_max, static_cast<int>(IntAt(status, {"restartCount"})));
    }
  }
  summary.deletion_cost =
      ReadAnnotation(pod, "controller.kubernetes.io/pod-deletion-cost").value_or(0);
  summary.completion_index = ReadAnnotation(pod, "batch.kubernetes.io/job-completion-index");
  ReadClaims(pod, meta, summary.claims);
  return summary;
}

ReplicaSetSummary SummarizeReplicaSet(const Value& replica_set, const ObjectMeta& meta) {
  ReplicaSetSummary summary = SummarizeReplicas(replica_set, meta);
  summary.selector = ReadSelector(FindPath(replica_set, {"spec", "selector"}));
  return summary;
}

ReplicaSetSummary SummarizeReplicationController(const Value& controller, const ObjectMeta& meta) {
  ReplicaSetSummary summary = SummarizeReplicas(controller, meta);
  summary.selector = LabelSelector::FromMap(FindPath(controller, {"spec", "selector"}));
  return summary;
}

DeploymentSummary SummarizeDeployment(const Value& deployment, const ObjectMeta&) {
  return {ReadSelector(FindPath(deployment, {"spec", "selector"})),
          TextAt(deployment, {"spec", "strategy", "type"}) == "Recreate"};
}

SelectorSummary SummarizeSelector(const Value& workload, const ObjectMeta& meta) {
  return {ReadSelector(FindPath(workload, {"spec", "selector"})), CreationTime(meta)};
}

NodeSummary SummarizeNode(const Value& node, const ObjectMeta& meta) {
  return {apiserver::BoolAt(node, {"spec", "unschedulable"}), apiserver::TaintsOf(node),
          CreationTime(meta)};
}

template <class Summary>
apiserver::Informer<Summary>& Informers::Make(
    std::unique_ptr<apiserver::Informer<Summary>>& informer, const GroupVersionResource& resource,
    std::function<Summary(const Value&, const ObjectMeta&)> summarize) {
  if (!informer) {
    informer = std::make_unique<apiserver::Informer<Summary>>(
        hub_, CommonOptions<Summary>(resource, std::move(summarize)));
  }
  return *informer;
}

PodInformer& Informers::pods() {
  if (pods_) return *pods_;
  auto options = CommonOptions<PodSummary>(kPods, SummarizePod);
  options.indexes["node"] = [](const PodInformer::Entry& pod) {
    return pod.summary.node_name.empty() ? std::vector<std::string>{}
                                         : std::vector<std::string>{pod.summary.node_name};
  };
  options.indexes["claim"] = [](const PodInformer::Entry& pod) {
    std::vector<std::string> keys;
    for (const std::string& claim : pod.summary.claims) {
      keys.push_back(pod.meta().namespace_ + "/" + claim);
    }
    return keys;
  };
  pods_ = std::make_unique<PodInformer>(hub_, std::move(options));
  return *pods_;
}

ReplicaSetInformer& Informers::replica_sets() {
  return Make<ReplicaSetSummary>(replica_sets_, kReplicaSets, SummarizeReplicaSet);
}
ReplicaSetInformer& Informers::replication_controllers() {
  return Make<ReplicaSetSummary>(replication_controllers_, kReplicationControllers,
                                 SummarizeReplicationController);
}
DeploymentInformer& Informers::deployments() {
  return Make<DeploymentSummary>(deployments_, kDeployments, SummarizeDeployment);
}
WorkloadInformer& Informers::daemon_sets() {
  return Make<SelectorSummary>(daemon_sets_, kDaemonSets, SummarizeSelector);
}
WorkloadInformer& Informers::stateful_sets() {
  return Make<SelectorSummary>(stateful_sets_, kStatefulSets, SummarizeSelector);
}
WorkloadInformer& Informers::jobs() {
  return Make<SelectorSummary>(jobs_, kJobs, SummarizeSelector);
}
WorkloadInformer& Informers::pod_disruption_budgets() {
  return Make<SelectorSummary>(pod_disruption_budgets_, kPodDisruptionBudgets, SummarizeSelector);
}
NodeInformer& Informers::nodes() { return Make<NodeSummary>(nodes_, kNodes, SummarizeNode); }
PlainInformer& Informers::plain(const GroupVersionResource& resource) {
  return Make<NoSummary>(plain_[resource.group_resource()], resource,
                         [](const Value&, const ObjectMeta&) { return NoSummary(); });
}

}  // namespace controllers
