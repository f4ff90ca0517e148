// How many pods of a PodDisruptionBudget may go: counts in, status out.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/disruption.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controllers/framework/names.h"
#include "sim/time.h"

namespace controllers {

struct DisruptionCounts {
  int expected = 0;  // pods that should be there
  int desired = 0;   // healthy pods that must be there
  int healthy = 0;
};

// Pods that the eviction API let go of, but that have not begun to end.
using DisruptedPods = std::map<std::string, std::string>;  // name -> since, as text

// expectedPods and desiredHealthy of the budget. `pod_count` are the selected pods; `scale` what
// their controllers want.
DisruptionCounts CountDisruption(const Value& budget, int pod_count, int scale);

// Whether the budget needs the scale of the pods' controllers (else it only counts pods).
bool NeedsScale(const Value& budget);

Value DisruptionStatus(const Value& budget, const ObjectMeta& meta, const DisruptionCounts& counts,
                       const DisruptedPods& disrupted, sim::Time now);

}  // namespace controllers
