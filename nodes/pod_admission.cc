#include "nodes/pod_admission.h"

namespace nodes {
namespace {

using apiserver::ResourceAmounts;

std::optional<PodRefusal> Check(const std::string& resource, std::int64_t asked, std::int64_t used,
                                std::int64_t capacity) {
  if (asked <= 0 || asked <= capacity - used) return std::nullopt;
  return PodRefusal{"OutOf" + resource, "Node didn't have enough resource: " + resource +
                                            ", requested: " + std::to_string(asked) +
                                            ", used: " + std::to_string(used) +
                                            ", capacity: " + std::to_string(capacity)};
}

std::optional<PodRefusal> CheckResources(const ResourceAmounts& asked,
                                         const ResourceAmounts& capacity,
                                         const ResourceAmounts& used) {
  if (auto refusal = Check("pods", 1, used.pods_count, capacity.pods_count)) return refusal;
  if (auto refusal =
          Check("cpu", asked.cpu_millicores, used.cpu_millicores, capacity.cpu_millicores))
    return refusal;
  if (auto refusal = Check("memory", asked.memory_bytes, used.memory_bytes, capacity.memory_bytes))
    return refusal;
  if (auto refusal = Check("ephemeral-storage", asked.ephemeral_storage_bytes,
                           used.ephemeral_storage_bytes, capacity.ephemeral_storage_bytes)) {
    return refusal;
  }
  for (const auto& [resource, amount] : asked.others) {
    if (auto refusal = Check(resource, amount, used.Other(resource), capacity.Other(resource)))
      return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PodRefusal> CheckAdmission(const apiserver::Value& pod, const apiserver::Value& node,
                                         const ResourceAmounts& used) {
  const ResourceAmounts capacity =
      apiserver::AmountsOf(apiserver::FindPath(node, {"status", "allocatable"}));
  if (auto refusal = CheckResources(apiserver::PodRequests(pod), capacity, used)) return refusal;
  const std::string name(apiserver::TextAt(node, {"metadata", "name"}));
  const auto labels = apiserver::LabelsOf(apiserver::FindPath(node, {"metadata", "labels"}));
  if (!apiserver::NodePreferencesOf(pod).Accepts(name, labels)) {
    return PodRefusal{
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"};
  }
  if (apiserver::FindUntolerated(apiserver::TaintsOf(node), apiserver::TolerationsOf(pod),
                                 {apiserver::TaintEffect::kNoExecute}) != nullptr) {
    return PodRefusal{"TaintToleration",
                      "Predicate TaintToleration failed: node(s) had untolerated taint(s)"};
  }
  return std::nullopt;
}

}  // namespace nodes
