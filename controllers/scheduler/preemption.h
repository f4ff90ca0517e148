// DefaultPreemption: which pods of lower priority would have to go so that a pod fits somewhere.
//
// Pure: the caller deletes the victims. Source: pkg/scheduler/framework/preemption and
// plugins/defaultpreemption.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controllers/scheduler/filter_cycle.h"
#include "sim/random.h"

namespace controllers {

struct DisruptionBudget {
  apiserver::ObjectKey key;
  apiserver::LabelSelector selector;
  std::int64_t disruptions_allowed = 0;
};
using DisruptionBudgets = std::map<apiserver::ObjectKey, DisruptionBudget>;

struct PreemptionPlan {
  std::string node;                      // "" when preemption does not help
  std::vector<SchedulerPodPtr> victims;  // most important first
  bool clears_nomination = false;
  std::string message;  // why it does not help, after "preemption: "
};

// `decision` is the failed one: only nodes that it calls kUnschedulable are candidates.
PreemptionPlan PlanPreemption(const FilterCycle& cycle, const SchedulerPod& pod,
                              const SchedulerCache& cache, const SchedulingDecision& decision,
                              const std::string& nominated_node, const DisruptionBudgets& budgets,
                              sim::Random& random);

}  // namespace controllers
