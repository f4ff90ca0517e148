// What the scheduler knows of a pod: its summary, made once per change that matters.
//
// Invariant: immutable once made (SchedulerPodPtr), so nodes, queue and decisions may share it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/label_selector.h"
#include "apiserver/api/node_selector.h"
#include "apiserver/api/object.h"
#include "apiserver/api/resource_amounts.h"

namespace controllers {

struct SchedulerHostPort {
  std::string ip;        // "" and "0.0.0.0" are every address
  std::string protocol;  // "TCP" when not said
  std::int32_t port = 0;
  bool operator==(const SchedulerHostPort&) const = default;
  bool Conflicts(const SchedulerHostPort& other) const;
};

struct PodAffinityTerm {
  apiserver::LabelSelector selector;
  std::vector<std::string> namespaces;  // sorted; the pod's own when none is said
  std::optional<apiserver::LabelSelector>
      namespace_selector;  // adds the namespaces that it matches
  std::string topology_key;
  std::int32_t weight = 0;  // of preferred terms
};

struct SpreadConstraint {
  std::int32_t max_skew = 1;
  std::int32_t min_domains = 1;
  std::string topology_key;
  bool is_hard = true;  // DoNotSchedule
  bool honors_node_affinity = true;
  bool honors_node_taints = false;
  apiserver::LabelSelector selector;
};

struct SchedulerPod {
  apiserver::ObjectKey key;
  std::string uid;
  apiserver::Revision revision = 0;
  std::int64_t generation = 0;
  apiserver::SortedLabels labels;
  std::optional<apiserver::OwnerReference> controller;
  std::string node_name;
  std::string nominated_node_name;
  std::string scheduler_name;
  std::int32_t priority = 0;
  bool may_preempt = true;  // preemptionPolicy is not Never
  bool is_deleting = false;
  bool is_finished = false;     // phase Succeeded or Failed
  bool is_best_effort = false;  // asks for neither CPU nor memory
  std::string start_time;       // RFC 3339, "" before the kubelet has it
  std::vector<std::string> scheduling_gates;
  apiserver::ResourceAmounts requests;
  apiserver::ResourceAmounts non_zero_requests;
  apiserver::NodePreferences node_preferences;
  std::vector<apiserver::Toleration> tolerations;
  std::vector<SchedulerHostPort> host_ports;
  std::vector<std::string> images;
  std::vector<PodAffinityTerm> required_affinity;
  std::vector<PodAffinityTerm> preferred_affinity;
  std::vector<PodAffinityTerm> required_anti_affinity;
  std::vector<PodAffinityTerm> preferred_anti_affinity;
  std::vector<SpreadConstraint> spread_constraints;

  bool has_affinity() const {
    return !required_affinity.empty() || !preferred_affinity.empty() ||
           !required_anti_affinity.empty() || !preferred_anti_affinity.empty();
  }
};
using SchedulerPodPtr = std::shared_ptr<const SchedulerPod>;

SchedulerPodPtr MakeSchedulerPod(const apiserver::Value& pod, const apiserver::ObjectMeta& meta);

}  // namespace controllers
