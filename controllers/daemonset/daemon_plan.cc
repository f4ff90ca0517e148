#include "controllers/daemonset/daemon_plan.h"

#include <algorithm>

#include "controllers/replicaset/replica_plan.h"

namespace controllers {
namespace {

const std::vector<PodPtr>& On(const DaemonsByNode& daemons, const std::string& node) {
  static const std::vector<PodPtr> kNone;
  const auto found = daemons.find(node);
  return found == daemons.end() ? kNone : found->second;
}

}  // namespace

DaemonNode AssessNode(const NodeInformer::Entry& node, const Value& daemon_pod) {
  using apiserver::TaintEffect;
  DaemonNode result;
  result.name = node.meta().name;
  const std::string_view pinned = apiserver::TextAt(daemon_pod, {"spec", "nodeName"});
  if (!pinned.empty() && pinned != result.name) return result;
  if (!apiserver::NodePreferencesOf(daemon_pod).Accepts(result.name, node.meta().labels)) {
    return result;
  }
  const auto tolerations = apiserver::TolerationsOf(daemon_pod);
  const auto& taints = node.summary.taints;
  result.should_run =
      apiserver::FindUntolerated(taints, tolerations,
                                 {TaintEffect::kNoSchedule, TaintEffect::kNoExecute}) == nullptr;
  result.should_continue =
      apiserver::FindUntolerated(taints, tolerations, {TaintEffect::kNoExecute}) == nullptr;
  return result;
}

DaemonsByNode GroupByNode(const std::vector<PodPtr>& pods) {
  DaemonsByNode groups;
  for (const PodPtr& pod : pods) {
    const std::string& node =
        pod->summary.node_name.empty() ? pod->summary.target_node : pod->summary.node_name;
    groups[node].push_back(pod);
  }
  for (auto& [node, group] : groups) {
    std::sort(group.begin(), group.end(), [](const PodPtr& a, const PodPtr& b) {
      return std::tie(a->summary.created, a->meta().name) <
             std::tie(b->summary.created, b->meta().name);
    });
  }
  return groups;
}

DaemonPlan PlanDaemons(const std::vector<DaemonNode>& nodes, const DaemonsByNode& daemons) {
  DaemonPlan plan;
  for (const DaemonNode& node : nodes) {
    const std::vector<PodPtr>& present = On(daemons, node.name);
    if (node.should_run && present.empty()) {
      plan.create_on.push_back(node.name);
      continue;
    }
    bool has_running = false;
    for (const PodPtr& pod : present) {
      if (pod->meta().is_deleting()) continue;
      if (!node.should_continue) {
        plan.deletions.push_back(pod);
      } else if (pod->summary.is_finished()) {
        plan.deletions.push_back(pod);
        (pod->summary.phase == PodPhase::kFailed ? plan.failed : plan.succeeded).push_back(pod);
      } else if (has_running) {
        plan.deletions.push_back(pod);  // The oldest stays.
      } else {
        has_running = true;
      }
    }
  }
  return plan;
}

bool IsDaemonUpdated(const PodInformer::Entry& pod, const DaemonTemplate& daemon_template) {
  const std::string* hash = pod.meta().Label("controller-revision-hash");
  if (hash != nullptr && *hash == daemon_template.hash) return true;
  const std::string* generation = pod.meta().Label("pod-template-generation");
  return generation != nullptr && !daemon_template.generation.empty() &&
         *generation == daemon_template.generation;
}

std::vector<PodPtr> PlanDaemonUpdate(const std::vector<DaemonNode>& nodes,
                                     const DaemonsByNode& daemons,
                                     const DaemonTemplate& daemon_template, int unavailable_max,
                                     sim::Time now) {
  std::vector<PodPtr> replacements, candidates;
  int unavailable = 0;
  for (const DaemonNode& node : nodes) {
    if (!node.should_run) continue;
    PodPtr old_pod, new_pod;
    for (const PodPtr& pod : On(daemons, node.name)) {
      if (pod->meta().is_deleting()) continue;
      (IsDaemonUpdated(*pod, daemon_template) ? new_pod : old_pod) = pod;
    }
    const auto is_available = [&](const PodPtr& pod) {
      return IsPodAvailable(pod->summary, daemon_template.min_ready_seconds, now);
    };
    if (new_pod || !old_pod) {
      if (!new_pod || !is_available(new_pod)) ++unavailable;
    } else if (!is_available(old_pod)) {
      ++unavailable;
      replacements.push_back(old_pod);  // Nothing is lost.
    } else {
      candidates.push_back(old_pod);
    }
  }
  const auto room = static_cast<std::size_t>(std::max(0, unavailable_max - unavailable));
  for (std::size_t i = 0; i < std::min(room, candidates.size()); ++i) {
    replacements.push_back(candidates[i]);
  }
  return replacements;
}

DaemonCounts CountDaemons(const std::vector<DaemonNode>& nodes, const DaemonsByNode& daemons,
                          const DaemonTemplate& daemon_template, sim::Time now) {
  DaemonCounts counts;
  for (const DaemonNode& node : nodes) {
    const std::vector<PodPtr>& present = On(daemons, node.name);
    if (!node.should_run) {
      if (!present.empty()) ++counts.misscheduled;
      continue;
    }
    ++counts.desired;
    if (present.empty()) continue;
    ++counts.current;
    const PodPtr& pod = present.front();
    if (pod->summary.is_ready) {
      ++counts.ready;
      if (IsPodAvailable(pod->summary, daemon_template.min_ready_seconds, now)) ++counts.available;
    }
    if (IsDaemonUpdated(*pod, daemon_template)) ++counts.updated;
  }
  return counts;
}

}  // namespace controllers
