// status of ReplicaSets and ReplicationControllers, computed from their pods.
#pragma once

#include <optional>
#include <string>

#include "controllers/framework/summaries.h"

namespace controllers {

// What went wrong while pods were created or deleted.
struct ReplicaFailure {
  std::string reason;  // "FailedCreate", "FailedDelete"
  std::string message;
};

struct ReplicaStatusInput {
  const ObjectMeta& meta;
  const ReplicaSetSummary& summary;
  const Value* template_labels = nullptr;
  const Value* old_conditions = nullptr;
  std::span<const PodPtr> active = {};
  int terminating_count = 0;
  bool has_terminating = true;  // ReplicationControllers do not say how many terminate
  std::optional<ReplicaFailure> failure = {};
  sim::Time now{};
};

Value ComputeReplicaStatus(const ReplicaStatusInput& input);

// When the next ready pod becomes available, if one is waiting for minReadySeconds.
std::optional<sim::Duration> NextAvailable(std::span<const PodPtr> active, int min_ready_seconds,
                                           sim::Time now);

}  // namespace controllers
