#include "controllers/deployment/deployment_status.h"

#include <algorithm>

#include "apiserver/api/time_format.h"

namespace controllers {
namespace {

using apiserver::IntAt;
using apiserver::TextAt;

constexpr std::string_view kComplete = "NewReplicaSetAvailable";
constexpr std::string_view kTimedOut = "ProgressDeadlineExceeded";

struct Counts {
  int wanted = 0, there = 0, updated = 0, ready = 0, available = 0;
  std::optional<int> terminating = 0;
};

void Count(const CountedSet& set, Counts& counts) {
  counts.wanted += set.summary->replicas;
  counts.there += set.summary->status_replicas;
  counts.ready += set.summary->ready_replicas;
  counts.available += set.summary->available_replicas;
  // No partial numbers: one set that does not say is none that says.
  if (!set.summary->terminating_replicas) {
    counts.terminating.reset();
  } else if (counts.terminating) {
    *counts.terminating += *set.summary->terminating_replicas;
  }
}

bool IsProgressing(const DeploymentView& deployment, const Value& status) {
  const auto updated = IntAt(status, {"updatedReplicas"});
  const auto old = IntAt(status, {"replicas"}) - updated;
  return updated > deployment.updated_replicas ||
         old < deployment.status_replicas - deployment.updated_replicas ||
         IntAt(status, {"readyReplicas"}) > deployment.ready_replicas ||
         IntAt(status, {"availableReplicas"}) > deployment.available_replicas;
}

bool IsTimedOut(const DeploymentView& deployment, const Value* progressing, sim::Time now) {
  if (progressing == nullptr) return false;
  const std::string_view reason = TextAt(*progressing, {"reason"});
  if (reason == kComplete) return false;
  if (reason == kTimedOut) return true;
  const auto since = apiserver::TimeFromText(TextAt(*progressing, {"lastUpdateTime"}));
  return since && *since + std::chrono::seconds(*deployment.progress_deadline_seconds) < now;
}

void UpdateProgress(const DeploymentStatusInput& input, const Value& status, Array& conditions) {
  const DeploymentView& deployment = input.deployment;
  const Value* current = FindCondition(input.old_conditions, "Progressing");
  const bool was_complete = current != nullptr && TextAt(*current, {"reason"}) == kComplete &&
                            IntAt(status, {"replicas"}) == IntAt(status, {"updatedReplicas"});
  if (was_complete) return;  // A later loss of replicas is no failed rollout.
  const std::string subject = input.new_set ? "ReplicaSet \"" + input.new_set->name + "\""
                                            : "Deployment \"" + deployment.name + "\"";
  if (IsDeploymentComplete(deployment, status)) {
    SetDeploymentCondition(
        conditions,
        {"Progressing", "True", std::string(kComplete), subject + " has successfully progressed."},
        input.now);
  } else if (IsProgressing(deployment, status)) {
    std::string transition;
    if (current != nullptr && TextAt(*current, {"status"}) == "True") {
      transition = TextAt(*current, {"lastTransitionTime"});
    }
    RemoveCondition(conditions, "Progressing");  // Else its update time would stay.
    SetDeploymentCondition(
        conditions, {"Progressing", "True", "ReplicaSetUpdated", subject + " is progressing."},
        input.now);
    if (!transition.empty()) {
      conditions.back().get_object()["lastTransitionTime"] = transition;
    }
  } else if (IsTimedOut(deployment, current, input.now)) {
    SetDeploymentCondition(
        conditions,
        {"Progressing", "False", std::string(kTimedOut), subject + " has timed out progressing."},
        input.now);
  }
}

// The new set's failure counts before the old ones'.
const Value* FindReplicaFailure(const DeploymentStatusInput& input) {
  if (input.new_set) {
    if (const Value* failure = FindCondition(input.new_set->conditions, "ReplicaFailure")) {
      return failure;
    }
  }
  for (const CountedSet& set : input.old_sets) {
    if (const Value* failure = FindCondition(set.conditions, "ReplicaFailure")) return failure;
  }
  return nullptr;
}

void SetUnlessZero(Object& status, std::string_view name, std::int64_t count) {
  if (count != 0) status[name] = count;
}

}  // namespace

void SetDeploymentCondition(Array& conditions, const Condition& condition, sim::Time now) {
  std::string transition = apiserver::FormatTime(now);
  for (const Value& present : conditions) {
    if (TextAt(present, {"type"}) != condition.type) continue;
    const bool same_status = TextAt(present, {"status"}) == condition.status;
    if (same_status && TextAt(present, {"reason"}) == condition.reason) return;
    if (same_status) transition = TextAt(present, {"lastTransitionTime"});
  }
  RemoveCondition(conditions, condition.type);
  Object entry;
  entry["type"] = condition.type;
  entry["status"] = condition.status;
  entry["lastUpdateTime"] = apiserver::FormatTime(now);
  entry["lastTransitionTime"] = transition;
  entry["reason"] = condition.reason;
  entry["message"] = condition.message;
  conditions.push_back(std::move(entry));
}

Value ComputeDeploymentStatus(const DeploymentStatusInput& input) {
  const DeploymentView& deployment = input.deployment;
  Counts counts;
  for (const CountedSet& set : input.old_sets) Count(set, counts);
  if (input.new_set) {
    Count(*input.new_set, counts);
    counts.updated = input.new_set->summary->status_replicas;
  }
  Object status;
  SetUnlessZero(status, "observedGeneration", deployment.generation);
  SetUnlessZero(status, "replicas", counts.there);
  SetUnlessZero(status, "updatedReplicas", counts.updated);
  SetUnlessZero(status, "readyReplicas", counts.ready);
  SetUnlessZero(status, "availableReplicas", counts.available);
  SetUnlessZero(status, "unavailableReplicas", std::max(0, counts.wanted - counts.available));
  if (counts.terminating) status["terminatingReplicas"] = *counts.terminating;
  Array conditions = CopyConditions(input.old_conditions);
  if (counts.available >= deployment.replicas - deployment.max_unavailable) {
    SetDeploymentCondition(
        conditions,
        {"Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."},
        input.now);
  } else {
    SetDeploymentCondition(conditions,
                           {"Available", "False", "MinimumReplicasUnavailable",
                            "Deployment does not have minimum availability."},
                           input.now);
  }
  status["conditions"] = std::move(conditions);
  if (deployment.has_collision_count) status["collisionCount"] = deployment.collision_count;
  return status;
}

Value ComputeRolloutStatus(const DeploymentStatusInput& input) {
  Value status = ComputeDeploymentStatus(input);
  Array conditions = std::move(status.get_object()["conditions"].get_array());
  if (!input.deployment.progress_deadline_seconds) {
    RemoveCondition(conditions, "Progressing");
  } else {
    UpdateProgress(input, status, conditions);
  }
  if (const Value* failure = FindReplicaFailure(input)) {
    SetDeploymentCondition(
        conditions,
        {"ReplicaFailure", std::string(TextAt(*failure, {"status"})),
         std::string(TextAt(*failure, {"reason"})), std::string(TextAt(*failure, {"message"}))},
        input.now);
  } else {
    RemoveCondition(conditions, "ReplicaFailure");
  }
  status.get_object()["conditions"] = std::move(conditions);
  return status;
}

bool IsDeploymentComplete(const DeploymentView& deployment, const Value& status) {
  return IntAt(status, {"updatedReplicas"}) == deployment.replicas &&
         IntAt(status, {"replicas"}) == deployment.replicas &&
         IntAt(status, {"availableReplicas"}) == deployment.replicas &&
         IntAt(status, {"observedGeneration"}) >= deployment.generation;
}

std::optional<sim::Duration> NextProgressCheck(const DeploymentView& deployment,
                                               const Value& status, sim::Time now) {
  const Value* progressing = FindCondition(apiserver::Find(status, "conditions"), "Progressing");
  if (!deployment.progress_deadline_seconds || progressing == nullptr) return {};
  if (IsDeploymentComplete(deployment, status)) return {};
  const std::string_view reason = TextAt(*progressing, {"reason"});
  if (reason == kTimedOut || reason == kComplete) return {};
  const auto since = apiserver::TimeFromText(TextAt(*progressing, {"lastUpdateTime"}));
  if (!since) return {};
  // Times are whole seconds in the API; one more makes sure that the deadline has passed.
  return std::max<sim::Duration>(std::chrono::seconds(1),
                                 *since +
                                     std::chrono::seconds(*deployment.progress_deadline_seconds) -
                                     now + std::chrono::seconds(1));
}

}  // namespace controllers
