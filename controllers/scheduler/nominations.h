// Pods that preempted others and wait for the room: where they are to go.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "controllers/scheduler/pod_info.h"

namespace controllers {

class Nominations {
 public:
  // A pod has at most one nomination; "" takes it away.
  void Set(const SchedulerPodPtr& pod, const std::string& node_name) {
    Remove(pod->uid);
    if (!node_name.empty()) by_node_[node_name].push_back(pod);
  }
  void Remove(const std::string& uid) {
    for (auto at = by_node_.begin(); at != by_node_.end();) {
      std::erase_if(at->second, [&](const SchedulerPodPtr& pod) { return pod->uid == uid; });
      at = at->second.empty() ? by_node_.erase(at) : std::next(at);
    }
  }
  // The node that the pod is nominated to, or "".
  std::string NodeOf(const std::string& uid) const {
    for (const auto& [node, pods] : by_node_) {
      for (const SchedulerPodPtr& pod : pods) {
        if (pod->uid == uid) return node;
      }
    }
    return {};
  }
  // Other pods nominated to the node that are at least as important as `pod`.
  std::vector<SchedulerPodPtr> RivalsOf(const SchedulerPod& pod,
                                        const std::string& node_name) const {
    std::vector<SchedulerPodPtr> rivals;
    const auto found = by_node_.find(node_name);
    if (found == by_node_.end()) return rivals;
    for (const SchedulerPodPtr& other : found->second) {
      if (other->uid != pod.uid && other->priority >= pod.priority) rivals.push_back(other);
    }
    return rivals;
  }
  const std::vector<SchedulerPodPtr>* At(const std::string& node_name) const {
    const auto found = by_node_.find(node_name);
    return found != by_node_.end() ? &found->second : nullptr;
  }
  bool empty() const { return by_node_.empty(); }

 private:
  std::map<std::string, std::vector<SchedulerPodPtr>> by_node_;
};

}  // namespace controllers
