// status of a Deployment: counts, and whether it is available, progressing, stuck.
//
// Source of reasons and messages: k8s.io/kubernetes/pkg/controller/deployment (progress.go,
// sync.go).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controllers/deployment/deployment_view.h"
#include "controllers/framework/conditions.h"
#include "controllers/framework/summaries.h"

namespace controllers {

// The ReplicaSet as the status counts it.
struct CountedSet {
  std::string name;
  const ReplicaSetSummary* summary = nullptr;
  const Value* conditions = nullptr;  // its status.conditions
};

struct DeploymentStatusInput {
  const DeploymentView& deployment;
  const Value* old_conditions = nullptr;
  std::span<const CountedSet> old_sets = {};
  std::optional<CountedSet> new_set = {};
  sim::Time now{};
};

// Sets a condition; the transition time stays when the status does, nothing changes when status and
// reason do not.
void SetDeploymentCondition(Array& conditions, const Condition& condition, sim::Time now);

// Counts and Available only: while paused, scaling or being deleted.
Value ComputeDeploymentStatus(const DeploymentStatusInput& input);
// With Progressing and ReplicaFailure: while rolling out.
Value ComputeRolloutStatus(const DeploymentStatusInput& input);

// All replicas are updated and available, and no old ones are there, by `status`.
bool IsDeploymentComplete(const DeploymentView& deployment, const Value& status);
// When a rollout that makes no progress has to be looked at again.
std::optional<sim::Duration> NextProgressCheck(const DeploymentView& deployment,
                                               const Value& status, sim::Time now);

}  // namespace controllers
