// What controllers read of each object, taken out once per revision, and the shared informers that
// hold it.
//
// Invariants: (1) one set of informers serves the whole controller manager; (2) an informer exists
// from its first use on; (3) a summary holds what is read often; the rest is read from the shared
// object when it is needed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/label_selector.h"
#include "apiserver/api/node_selector.h"
#include "apiserver/client/informer.h"
#include "controllers/framework/names.h"
#include "sim/time.h"

namespace controllers {

enum class PodPhase : std::uint8_t { kPending, kRunning, kSucceeded, kFailed, kUnknown };

struct PodSummary {
  PodPhase phase = PodPhase::kPending;
  std::string node_name;
  std::string pod_ip;
  bool is_ready = false;
  std::optional<sim::Time> ready_since;
  sim::Time created{};
  std::string target_node;  // that a daemon's affinity pins it to
  int restart_count_max = 0;
  std::int64_t deletion_cost = 0;       // controller.kubernetes.io/pod-deletion-cost
  std::optional<int> completion_index;  // batch.kubernetes.io/job-completion-index
  std::vector<std::string> claims;      // names of PersistentVolumeClaims it uses
  bool is_finished() const { return phase == PodPhase::kSucceeded || phase == PodPhase::kFailed; }
};

struct ReplicaSetSummary {
  int replicas = 1;
  int min_ready_seconds = 0;
  apiserver::LabelSelector selector;
  std::string template_text;  // spec.template without the pod-template-hash label
  std::int64_t observed_generation = 0;
  int status_replicas = 0;
  int ready_replicas = 0;
  int available_replicas = 0;
  std::optional<int> terminating_replicas;
  std::int64_t deployment_revision = 0;
  std::optional<int> desired_annotation;
  std::optional<int> max_annotation;
  sim::Time created{};
};

struct DeploymentSummary {
  apiserver::LabelSelector selector;
  bool is_recreate = false;
};

// A workload of which only the selector is read often.
struct SelectorSummary {
  apiserver::LabelSelector selector;
  sim::Time created{};
};

struct NodeSummary {
  bool is_unschedulable = false;
  std::vector<apiserver::Taint> taints;
  sim::Time created{};
};

struct NoSummary {};

template <class Summary>
using Cached = typename apiserver::Informer<Summary>::EntryPtr;

PodSummary SummarizePod(const Value& pod, const ObjectMeta& meta);
ReplicaSetSummary SummarizeReplicaSet(const Value& replica_set, const ObjectMeta& meta);
// Also of ReplicationControllers, whose selector is a plain map.
ReplicaSetSummary SummarizeReplicationController(const Value& controller, const ObjectMeta& meta);
DeploymentSummary SummarizeDeployment(const Value& deployment, const ObjectMeta& meta);
SelectorSummary SummarizeSelector(const Value& workload, const ObjectMeta& meta);
NodeSummary SummarizeNode(const Value& node, const ObjectMeta& meta);

// spec.template as text, without the label that names its hash.
std::string TemplateText(const Value& workload);

// Pods by "owner" (the controller's uid), "orphan" (namespace of those without controller), "node",
// "namespace", "claim" (namespace/name).
using PodInformer = apiserver::Informer<PodSummary>;
using PodPtr = PodInformer::EntryPtr;
using ReplicaSetInformer = apiserver::Informer<ReplicaSetSummary>;
using ReplicaSetPtr = ReplicaSetInformer::EntryPtr;
using DeploymentInformer = apiserver::Informer<DeploymentSummary>;
using WorkloadInformer = apiserver::Informer<SelectorSummary>;
using NodeInformer = apiserver::Informer<NodeSummary>;
using PlainInformer = apiserver::Informer<NoSummary>;
using PlainPtr = PlainInformer::EntryPtr;

class Informers {
 public:
  explicit Informers(apiserver::WatchHub& hub) : hub_(hub) {}

  PodInformer& pods();
  ReplicaSetInformer& replica_sets();
  ReplicaSetInformer& replication_controllers();
  DeploymentInformer& deployments();
  WorkloadInformer& daemon_sets();
  WorkloadInformer& stateful_sets();
  WorkloadInformer& jobs();
  WorkloadInformer& pod_disruption_budgets();
  NodeInformer& nodes();
  // Any other resource, without a summary, by "owner", "orphan" and "namespace".
  PlainInformer& plain(const GroupVersionResource& resource);

 private:
  template <class Summary>
  apiserver::Informer<Summary>& Make(
      std::unique_ptr<apiserver::Informer<Summary>>& informer, const GroupVersionResource& resource,
      std::function<Summary(const Value&, const ObjectMeta&)> summarize);

  apiserver::WatchHub& hub_;
  std::unique_ptr<PodInformer> pods_;
  std::unique_ptr<ReplicaSetInformer> replica_sets_;
  std::unique_ptr<ReplicaSetInformer> replication_controllers_;
  std::unique_ptr<DeploymentInformer> deployments_;
  std::unique_ptr<WorkloadInformer> daemon_sets_;
  std::unique_ptr<WorkloadInformer> stateful_sets_;
  std::unique_ptr<WorkloadInformer> jobs_;
  std::unique_ptr<WorkloadInformer> pod_disruption_budgets_;
  std::unique_ptr<NodeInformer> nodes_;
  std::map<GroupResource, std::unique_ptr<PlainInformer>> plain_;
};

}  // namespace controllers
