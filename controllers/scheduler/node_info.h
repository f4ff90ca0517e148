// A node as the scheduler sees it: its own facts and the sums over the pods that are on it or on
// their way to it.
//
// Invariant: requested, non_zero_requested, used_ports and the lists of pods are those of exactly
// the pods added.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controllers/scheduler/pod_info.h"

namespace controllers {

// What a Node object says.
struct SchedulerNodeFacts {
  std::string name;
  apiserver::SortedLabels labels;
  std::vector<apiserver::Taint> taints;
  bool is_unschedulable = false;
  apiserver::ResourceAmounts allocatable;
  std::map<std::string, std::int64_t> image_sizes_bytes;
};

SchedulerNodeFacts MakeSchedulerNodeFacts(const apiserver::Value& node,
                                          const apiserver::ObjectMeta& meta);

struct SchedulerNode {
  SchedulerNodeFacts facts;
  bool exists = false;   // false: pods name it, but there is no Node object (yet, or any more)
  std::size_t slot = 0;  // stable while the node is known; indexes PodCounter
  apiserver::ResourceAmounts requested;
  apiserver::ResourceAmounts non_zero_requested;
  std::vector<SchedulerHostPort> used_ports;
  std::vector<SchedulerPodPtr> pods;
  std::size_t affinity_pods_count = 0;  // with any (anti-)affinity
  std::size_t required_anti_affinity_pods_count = 0;

  const std::string& name() const { return facts.name; }
  // The value of label `key`, or nullptr.
  const std::string* Label(std::string_view key) const {
    return apiserver::FindLabel(facts.labels, key);
  }
  void AddPod(SchedulerPodPtr pod);
  // False when no pod of that uid is here.
  bool RemovePod(std::string_view uid);
};

}  // namespace controllers
