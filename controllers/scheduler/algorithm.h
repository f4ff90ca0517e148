// Decides where a pod goes: PreFilter, Filter, PostFilter (preemption), PreScore, Score,
// NormalizeScore.
//
// Invariants:
// (1) Equal cache, pod and random stream give an equal decision.
// (2) Of large clusters only a share of the nodes is looked at, starting where the last decision
// stopped, so the
//     cost per pod grows slowly with the cluster. Source: pkg/scheduler/schedule_one.go.
#pragma once

#include <cstdint>

#include "controllers/scheduler/filter_cycle.h"
#include "controllers/scheduler/preemption.h"
#include "sim/random.h"

namespace controllers {

struct AlgorithmOptions {
  // 0: adaptive, 50 % less one per 125 nodes, at least 5 %.
  std::int64_t percentage_of_nodes_to_score = 0;
};

class SchedulingAlgorithm {
 public:
  SchedulingAlgorithm(SchedulerPlugins plugins, AlgorithmOptions options)
      : plugins_(std::move(plugins)), options_(options) {}

  SchedulingDecision Decide(const SchedulerPod& pod, const SchedulerCache& cache,
                            const Nominations& nominations, const DisruptionBudgets& budgets,
                            sim::Random& random);
  const SchedulerPlugins& plugins() const { return plugins_; }

 private:
  std::vector<const SchedulerNode*> FindFeasible(const FilterCycle& cycle,
                                                 const SchedulerCache& cache,
                                                 SchedulingDecision& decision);
  void Choose(const SchedulerPod& pod, const SchedulerCache& cache,
              const std::vector<const SchedulerNode*>& nodes, sim::Random& random,
              SchedulingDecision& decision) const;

  SchedulerPlugins plugins_;
  AlgorithmOptions options_;
  std::size_t next_start_ = 0;
};

// How many feasible nodes are enough in a cluster of `nodes_count`.
std::size_t FeasibleNodesWanted(std::size_t nodes_count, std::int64_t percentage);

}  // namespace controllers
