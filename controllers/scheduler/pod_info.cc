#include "controllers/scheduler/pod_info.h"

#include <algorithm>

namespace controllers {
namespace {

using apiserver::Array;
using apiserver::Find;
using apiserver::FindPath;
using apiserver::LabelSelector;
using apiserver::TextAt;
using apiserver::Value;

const Array* ArrayAt(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* found = FindPath(value, path);
  return found != nullptr ? found->if_array() : nullptr;
}

LabelSelector SelectorOf(const Value& owner, std::string_view name) {
  auto selector = LabelSelector::FromObject(Find(owner, name));
  return selector ? std::move(*selector) : LabelSelector::Nothing();
}

PodAffinityTerm TermOf(const Value& term, const std::string& own_namespace) {
  PodAffinityTerm result;
  result.selector = SelectorOf(term, "labelSelector");
  result.topology_key = TextAt(term, {"topologyKey"});
  if (const Array* namespaces = ArrayAt(term, {"namespaces"})) {
    for (const Value& name : *namespaces) {
      if (name.is_string()) result.namespaces.emplace_back(name.get_string());
    }
  }
  if (const Value* selector = Find(term, "namespaceSelector");
      selector != nullptr && selector->is_object()) {
    result.namespace_selector = SelectorOf(term, "namespaceSelector");
  }
  if (result.namespaces.empty() && !result.namespace_selector)
    result.namespaces.push_back(own_namespace);
  std::sort(result.namespaces.begin(), result.namespaces.end());
  return result;
}

std::vector<PodAffinityTerm> RequiredTerms(const Value& affinity,
                                           const std::string& own_namespace) {
  std::vector<PodAffinityTerm> terms;
  if (const Array* items = ArrayAt(affinity, {"requiredDuringSchedulingIgnoredDuringExecution"})) {
    for (const Value& item : *items) terms.push_back(TermOf(item, own_namespace));
  }
  return terms;
}

std::vector<PodAffinityTerm> PreferredTerms(const Value& affinity,
                                            const std::string& own_namespace) {
  std::vector<PodAffinityTerm> terms;
  if (const Array* items = ArrayAt(affinity, {"preferredDuringSchedulingIgnoredDuringExecution"})) {
    for (const Value& item : *items) {
      const Value* term = Find(item, "podAffinityTerm");
      if (term == nullptr) continue;
      terms.push_back(TermOf(*term, own_namespace));
      terms.back().weight = static_cast<std::int32_t>(apiserver::IntAt(item, {"weight"}));
    }
  }
  return terms;
}

void ReadAffinity(const Value& pod, SchedulerPod& result) {
  const std::string& own_namespace = result.key.namespace_;
  if (const Value* affinity = FindPath(pod, {"spec", "affinity", "podAffinity"})) {
    result.required_affinity = RequiredTerms(*affinity, own_namespace);
    result.preferred_affinity = PreferredTerms(*affinity, own_namespace);
  }
  if (const Value* affinity = FindPath(pod, {"spec", "affinity", "podAntiAffinity"})) {
    result.required_anti_affinity = RequiredTerms(*affinity, own_namespace);
    result.preferred_anti_affinity = PreferredTerms(*affinity, own_namespace);
  }
}

void ReadSpreadConstraints(const Value& pod, SchedulerPod& result) {
  const Array* items = ArrayAt(pod, {"spec", "topologySpreadConstraints"});
  if (items == nullptr) return;
  for (const Value& item : *items) {
    SpreadConstraint constraint;
    constraint.max_skew = static_cast<std::int32_t>(apiserver::IntAt(item, {"maxSkew"}, 1));
    constraint.min_domains = static_cast<std::int32_t>(apiserver::IntAt(item, {"minDomains"}, 1));
    constraint.topology_key = TextAt(item, {"topologyKey"});
    constraint.is_hard = TextAt(item, {"whenUnsatisfiable"}) == "DoNotSchedule";
    constraint.honors_node_affinity = TextAt(item, {"nodeAffinityPolicy"}) != "Ignore";
    constraint.honors_node_taints = TextAt(item, {"nodeTaintsPolicy"}) == "Honor";
    constraint.selector = SelectorOf(item, "labelSelector");
    if (const Array* keys = ArrayAt(item, {"matchLabelKeys"})) {
      for (const Value& key : *keys) {
        const std::string* label = apiserver::FindLabel(result.labels, TextAt(key, {}));
        if (label == nullptr) continue;
        constraint.selector.Add(
            {std::string(TextAt(key, {})), apiserver::LabelOperator::kIn, {*label}});
      }
    }
    result.spread_constraints.push_back(std::move(constraint));
  }
}

void ReadContainers(const Value& pod, SchedulerPod& result) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    const Array* containers = ArrayAt(pod, {"spec", list});
    if (containers == nullptr) continue;
    const bool is_main = list == "containers";
    for (const Value& container : *containers) {
      if (is_main) result.images.emplace_back(TextAt(container, {"image"}));
      const bool is_long_lived = is_main || TextAt(container, {"restartPolicy"}) == "Always";
      const Array* ports = ArrayAt(container, {"ports"});
      if (ports == nullptr || !is_long_lived) continue;
      for (const Value& port : *ports) {
        const auto number = static_cast<std::int32_t>(apiserver::IntAt(port, {"hostPort"}));
        if (number <= 0) continue;
        const std::string_view protocol = TextAt(port, {"protocol"});
        result.host_ports.push_back({std::string(TextAt(port, {"hostIP"})),
                                     std::string(protocol.empty() ? "TCP" : protocol), number});
      }
    }
  }
}

}  // namespace

bool SchedulerHostPort::Conflicts(const SchedulerHostPort& other) const {
  if (port != other.port || protocol != other.protocol) return false;
  const auto is_any = [](const std::string& address) {
    return address.empty() || address == "0.0.0.0";
  };
  return is_any(ip) || is_any(other.ip) || ip == other.ip;
}

SchedulerPodPtr MakeSchedulerPod(const Value& pod, const apiserver::ObjectMeta& meta) {
  auto result = std::make_shared<SchedulerPod>();
  result->key = meta.key();
  result->uid = meta.uid;
  result->revision = meta.revision;
  result->generation = meta.generation;
  result->labels = meta.labels;
  if (const auto* controller = meta.Controller()) result->controller = *controller;
  result->node_name = TextAt(pod, {"spec", "nodeName"});
  result->nominated_node_name = TextAt(pod, {"status", "nominatedNodeName"});
  result->scheduler_name = TextAt(pod, {"spec", "schedulerName"});
  result->priority = static_cast<std::int32_t>(apiserver::IntAt(pod, {"spec", "priority"}));
  result->may_preempt = TextAt(pod, {"spec", "preemptionPolicy"}) != "Never";
  result->is_deleting = meta.is_deleting();
  const std::string_view phase = TextAt(pod, {"status", "phase"});
  result->is_finished = phase == "Succeeded" || phase == "Failed";
  result->start_time = TextAt(pod, {"status", "startTime"});
  if (const Array* gates = ArrayAt(pod, {"spec", "schedulingGates"})) {
    for (const Value& gate : *gates) result->scheduling_gates.emplace_back(TextAt(gate, {"name"}));
  }
  result->requests = apiserver::PodRequests(pod);
  result->non_zero_requests = apiserver::PodNonZeroRequests(pod);
  result->is_best_effort =
      result->requests.cpu_millicores == 0 && result->requests.memory_bytes == 0;
  result->node_preferences = apiserver::NodePreferencesOf(pod);
  result->tolerations = apiserver::TolerationsOf(pod);
  ReadContainers(pod, *result);
  ReadAffinity(pod, *result);
  ReadSpreadConstraints(pod, *result);
  return result;
}

}  // namespace controllers
