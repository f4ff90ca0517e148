#include "controllers/replicaset/replica_status.h"

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"
#include "controllers/replicaset/replica_plan.h"

namespace controllers {
namespace {

constexpr std::string_view kReplicaFailure = "ReplicaFailure";

Array NextConditions(const ReplicaStatusInput& input) {
  Array conditions = CopyConditions(input.old_conditions);
  const bool is_known = FindCondition(input.old_conditions, kReplicaFailure) != nullptr;
  if (!input.failure) {
    RemoveCondition(conditions, kReplicaFailure);
  } else if (!is_known) {
    Object condition;
    condition["type"] = kReplicaFailure;
    condition["status"] = "True";
    condition["lastTransitionTime"] = apiserver::FormatTime(input.now);
    condition["reason"] = input.failure->reason;
    condition["message"] = input.failure->message;
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

void SetUnlessZero(Object& status, std::string_view name, int count) {
  if (count != 0) status[name] = count;
}

}  // namespace

Value ComputeReplicaStatus(const ReplicaStatusInput& input) {
  const auto template_selector = apiserver::LabelSelector::FromMap(input.template_labels);
  int labeled = 0, ready = 0, available = 0;
  for (const PodPtr& pod : input.active) {
    if (template_selector.Matches(pod->meta().labels)) ++labeled;
    if (pod->summary.is_ready) ++ready;
    if (IsPodAvailable(pod->summary, input.summary.min_ready_seconds, input.now)) ++available;
  }
  Object status;
  status["replicas"] = static_cast<std::int64_t>(input.active.size());
  SetUnlessZero(status, "fullyLabeledReplicas", labeled);
  SetUnlessZero(status, "readyReplicas", ready);
  SetUnlessZero(status, "availableReplicas", available);
  if (input.has_terminating) status["terminatingReplicas"] = input.terminating_count;
  if (input.meta.generation != 0) status["observedGeneration"] = input.meta.generation;
  Array conditions = NextConditions(input);
  if (!conditions.empty()) status["conditions"] = std::move(conditions);
  return status;
}

std::optional<sim::Duration> NextAvailable(std::span<const PodPtr> active, int min_ready_seconds,
                                           sim::Time now) {
  std::optional<sim::Duration> next;
  if (min_ready_seconds == 0) return next;
  for (const PodPtr& pod : active) {
    if (!pod->summary.is_ready || !pod->summary.ready_since) continue;
    const sim::Duration rest =
        *pod->summary.ready_since + std::chrono::seconds(min_ready_seconds) - now;
    if (rest > sim::Duration::zero() && (!next || rest < *next)) next = rest;
  }
  return next;
}

}  // namespace controllers
