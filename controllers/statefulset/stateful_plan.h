// The next step of a StatefulSet: which ordinals to create, delete or renew, one at a time unless
// Parallel.
//
// Source of the order: k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_control.go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controllers/framework/summaries.h"

namespace controllers {

struct StatefulSetView {
  std::string name;
  int replicas = 1;
  int start = 0;  // the first ordinal
  int min_ready_seconds = 0;
  int partition = 0;
  bool is_parallel = false;
  bool is_rolling = true;  // RollingUpdate; else OnDelete
  bool is_deleting = false;
  std::string current_revision;  // names
  std::string update_revision;
};

// A pod as the plan sees it.
struct StatefulPod {
  int ordinal = 0;
  std::string revision;
  bool is_running_and_ready = false;
  bool is_available = false;
  bool is_terminating = false;
  bool is_finished = false;  // Succeeded or Failed
  bool is_pending = false;
};

// The ordinal in NAME-ORDINAL, or -1 when `pod_name` is not of the set.
int OrdinalOf(const std::string& set_name, const std::string& pod_name);

enum class StatefulAction : std::uint8_t { kCreate, kDelete, kKeep };
struct StatefulStep {
  StatefulAction action = StatefulAction::kKeep;
  int ordinal = 0;
  std::string revision;  // for kCreate
  bool operator==(const StatefulStep&) const = default;
};

// Steps in order. kKeep: the pod's identity and claims are to be checked.
std::vector<StatefulStep> PlanStatefulSet(const StatefulSetView& set,
                                          std::vector<StatefulPod> pods);

struct StatefulCounts {
  int replicas = 0, ready = 0, available = 0, current = 0, updated = 0;
};
StatefulCounts CountStatefulPods(const StatefulSetView& set, const std::vector<StatefulPod>& pods);

}  // namespace controllers
