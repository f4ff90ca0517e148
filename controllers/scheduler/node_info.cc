#include "controllers/scheduler/node_info.h"

#include <algorithm>

namespace controllers {

SchedulerNodeFacts MakeSchedulerNodeFacts(const apiserver::Value& node,
                                          const apiserver::ObjectMeta& meta) {
  SchedulerNodeFacts facts;
  facts.name = meta.name;
  facts.labels = meta.labels;
  facts.taints = apiserver::TaintsOf(node);
  facts.is_unschedulable = apiserver::BoolAt(node, {"spec", "unschedulable"});
  facts.allocatable = apiserver::AmountsOf(apiserver::FindPath(node, {"status", "allocatable"}));
  const apiserver::Value* images = apiserver::FindPath(node, {"status", "images"});
  if (images != nullptr && images->is_array()) {
    for (const apiserver::Value& image : images->get_array()) {
      const std::int64_t size_bytes = apiserver::IntAt(image, {"sizeBytes"});
      const apiserver::Value* names = apiserver::Find(image, "names");
      if (names == nullptr || !names->is_array()) continue;
      for (const apiserver::Value& name : names->get_array()) {
        if (name.is_string())
          facts.image_sizes_bytes.emplace(std::string(name.get_string()), size_bytes);
      }
    }
  }
  return facts;
}

void SchedulerNode::AddPod(SchedulerPodPtr pod) {
  requested += pod->requests;
  non_zero_requested += pod->non_zero_requests;
  used_ports.insert(used_ports.end(), pod->host_ports.begin(), pod->host_ports.end());
  if (pod->has_affinity()) ++affinity_pods_count;
  if (!pod->required_anti_affinity.empty()) ++required_anti_affinity_pods_count;
  pods.push_back(std::move(pod));
}

bool SchedulerNode::RemovePod(std::string_view uid) {
  const auto at = std::find_if(pods.begin(), pods.end(),
                               [&](const SchedulerPodPtr& pod) { return pod->uid == uid; });
  if (at == pods.end()) return false;
  const SchedulerPodPtr pod = *at;
  pods.erase(at);
  requested -= pod->requests;
  non_zero_requested -= pod->non_zero_requests;
  for (const SchedulerHostPort& port : pod->host_ports) {
    used_ports.erase(std::find(used_ports.begin(), used_ports.end(), port));
  }
  if (pod->has_affinity()) --affinity_pods_count;
  if (!pod->required_anti_affinity.empty()) --required_anti_affinity_pods_count;
  return true;
}

}  // namespace controllers
