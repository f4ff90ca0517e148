#include "controllers/statefulset/stateful_plan.h"

#include <algorithm>
#include <charconv>

namespace controllers {
namespace {

bool IsHealthy(const StatefulPod& pod) { return pod.is_running_and_ready && !pod.is_terminating; }

// The update revision, but the current one below the partition.
const std::string& RevisionFor(const StatefulSetView& set, int ordinal) {
  const bool is_held_back = set.is_rolling && ordinal < set.start + set.partition;
  return is_held_back ? set.current_revision : set.update_revision;
}

// Fills the ordinals from below. True: the set has to wait before it goes on.
bool PlanOrdinals(const StatefulSetView& set, const std::vector<const StatefulPod*>& slots,
                  std::vector<StatefulStep>& steps) {
  for (int i = 0; i < set.replicas; ++i) {
    const int ordinal = set.start + i;
    const StatefulPod* pod = slots[static_cast<std::size_t>(i)];
    if (pod == nullptr) {
      steps.push_back({StatefulAction::kCreate, ordinal, RevisionFor(set, ordinal)});
      if (!set.is_parallel) return true;
      continue;
    }
    if (pod->is_finished) {
      // Its successor comes when it is gone.
      if (!pod->is_terminating) steps.push_back({StatefulAction::kDelete, ordinal, {}});
      return true;
    }
    steps.push_back({StatefulAction::kKeep, ordinal, {}});
    const bool is_waiting = pod->is_terminating || !pod->is_running_and_ready || !pod->is_available;
    if (is_waiting && !set.is_parallel) return true;
  }
  return false;
}

// Removes the ordinals beyond the range from above. True: the set has to wait.
bool PlanCondemned(const StatefulSetView& set, const std::vector<const StatefulPod*>& condemned,
                   const StatefulPod* first_unhealthy, std::vector<StatefulStep>& steps) {
  for (const StatefulPod* pod : condemned) {
    if (pod->is_terminating) {
      if (!set.is_parallel) return true;
      continue;
    }
    const bool is_waiting = !pod->is_running_and_ready || !pod->is_available;
    if (is_waiting && !set.is_parallel && pod != first_unhealthy) return true;
    steps.push_back({StatefulAction::kDelete, pod->ordinal, {}});
    if (!set.is_parallel) return true;
  }
  return false;
}

}  // namespace

int OrdinalOf(const std::string& set_name, const std::string& pod_name) {
  if (pod_name.size() <= set_name.size() + 1 || !pod_name.starts_with(set_name + "-")) return -1;
  int ordinal = 0;
  const char* begin = pod_name.data() + set_name.size() + 1;
  const char* end = pod_name.data() + pod_name.size();
  const auto [stopped, error] = std::from_chars(begin, end, ordinal);
  return error == std::errc() && stopped == end && ordinal >= 0 ? ordinal : -1;
}

std::vector<StatefulStep> PlanStatefulSet(const StatefulSetView& set,
                                          std::vector<StatefulPod> pods) {
  std::vector<StatefulStep> steps;
  if (set.is_deleting) return steps;
  std::sort(pods.begin(), pods.end(),
            [](const StatefulPod& a, const StatefulPod& b) { return a.ordinal < b.ordinal; });
  std::vector<const StatefulPod*> slots(static_cast<std::size_t>(std::max(0, set.replicas)));
  std::vector<const StatefulPod*> condemned;
  const StatefulPod* first_unhealthy = nullptr;
  for (const StatefulPod& pod : pods) {
    const int index = pod.ordinal - set.start;
    if (index >= 0 && index < set.replicas) {
      slots[static_cast<std::size_t>(index)] = &pod;
    } else {
      condemned.push_back(&pod);
    }
  }
  std::reverse(condemned.begin(), condemned.end());
  for (const StatefulPod& pod : pods) {
    if (!IsHealthy(pod)) {
      first_unhealthy = &pod;
      break;
    }
  }
  if (PlanOrdinals(set, slots, steps)) return steps;
  if (PlanCondemned(set, condemned, first_unhealthy, steps)) return steps;
  if (!set.is_rolling) return steps;
  for (int i = set.replicas - 1; i >= set.partition; --i) {
    const StatefulPod* pod = slots[static_cast<std::size_t>(i)];
    if (pod == nullptr) return steps;  // Just created.
    if (pod->revision != set.update_revision && !pod->is_terminating) {
      steps.push_back({StatefulAction::kDelete, pod->ordinal, {}});
      return steps;
    }
    if (!IsHealthy(*pod)) return steps;
  }
  return steps;
}

StatefulCounts CountStatefulPods(const StatefulSetView& set, const std::vector<StatefulPod>& pods) {
  StatefulCounts counts;
  for (const StatefulPod& pod : pods) {
    ++counts.replicas;
    if (pod.is_running_and_ready) {
      ++counts.ready;
      if (pod.is_available) ++counts.available;
    }
    if (pod.is_terminating) continue;
    if (pod.revision == set.current_revision) ++counts.current;
    if (pod.revision == set.update_revision) ++counts.updated;
  }
  return counts;
}

}  // namespace controllers
