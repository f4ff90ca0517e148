// The status that a kubelet writes for a pod that runs: phase, conditions, container statuses,
// addresses.
//
// Pure. What others wrote into the status (PodScheduled, readiness gates, DisruptionTarget,
// qosClass) is kept. Source: pkg/kubelet/kubelet_pods.go (getPhase),
// pkg/kubelet/status/generate.go.
#pragma once

#include <string>

#include "nodes/pod_run.h"

namespace nodes {

struct PodAddresses {
  std::string host_ip;
  std::string pod_ip;  // "" before the sandbox is there
};

// `status` is the pod's status so far (an object or null).
apiserver::Object MakePodStatus(const PodRun& run, const apiserver::Value& status,
                                const PodAddresses& addresses, sim::Time now);

}  // namespace nodes
