// How a Deployment moves its replicas between its ReplicaSets: rolling, recreating, scaling in
// proportion.
//
// Source of the arithmetic: k8s.io/kubernetes/pkg/controller/deployment (rolling.go, recreate.go,
// sync.go) and util/deployment_util.go. All functions are pure; sets are named by their place in
// the given list.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controllers/deployment/deployment_view.h"
#include "sim/time.h"

namespace controllers {

// A ReplicaSet as the arithmetic sees it.
struct RolloutSet {
  std::string name;
  int replicas = 0;         // wanted
  int status_replicas = 0;  // there
  int available_replicas = 0;
  std::optional<int> max_annotation;
  sim::Time created{};
};

struct ScaleStep {
  std::size_t set = 0;  // index into the list
  int replicas = 0;
  bool operator==(const ScaleStep&) const = default;
};

// The size of the new set, given all sets (the new one included).
int NewSetReplicas(const DeploymentView& deployment, std::span<const RolloutSet> all,
                   const RolloutSet& new_set);

// The step of the new set in a rolling update, if any. `old` are the other sets.
std::optional<int> PlanNewSet(const DeploymentView& deployment, std::span<const RolloutSet> old,
                              const RolloutSet& new_set);
// The steps of the old sets: unhealthy replicas first, then as many as availability allows.
std::vector<ScaleStep> PlanOldSets(const DeploymentView& deployment,
                                   std::span<const RolloutSet> old, const RolloutSet& new_set);
// All down to zero.
std::vector<ScaleStep> PlanAllDown(std::span<const RolloutSet> old);

// What scaling the Deployment means while several sets are active; `new_set` is the index of the
// new one. Steps to a set's present size only refresh its annotations.
struct ScalePlan {
  std::vector<ScaleStep> steps;
  bool is_annotating = false;  // equal sizes are written too (proportional scaling)
};
ScalePlan PlanScale(const DeploymentView& deployment, std::span<const RolloutSet> all,
                    std::optional<std::size_t> new_set, bool new_set_is_saturated);

// The oldest sets without replicas beyond the history limit, as indices. `revisions` lie beside
// `old`.
std::vector<std::size_t> PlanHistory(int limit, std::span<const RolloutSet> old,
                                     std::span<const std::int64_t> revisions,
                                     const std::vector<bool>& may_go);

}  // namespace controllers
