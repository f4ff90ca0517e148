// How many pods to create, or which to delete, so that a set has as many as it wants.
//
// Source of the ranking: k8s.io/kubernetes/pkg/controller, ActivePodsWithRanks: unassigned,
// pending, not ready, cheap, crowded, freshly ready, often restarted and young pods go first; ties
// break by uid so that replay agrees.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "controllers/framework/summaries.h"

namespace controllers {

// At most so many are created or deleted in one run.
inline constexpr int kReplicaBurstMax = 500;

struct ReplicaPlan {
  int create_count = 0;
  std::vector<PodPtr> deletions;
};

// How many active pods of the same owner's sets are on each node.
using PodsPerNode = std::map<std::string, int>;

// `active` are neither finished nor being deleted.
ReplicaPlan PlanReplicas(int desired_count, std::span<const PodPtr> active,
                         const PodsPerNode& related, sim::Time now);

bool IsPodActive(const PodInformer::Entry& pod);
// Being deleted, but not finished yet.
bool IsPodTerminating(const PodInformer::Entry& pod);
// Ready for at least `min_ready_seconds`.
bool IsPodAvailable(const PodSummary& pod, int min_ready_seconds, sim::Time now);

}  // namespace controllers
