// Which nodes get a daemon, which lose theirs, and which daemons are renewed.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/daemon (daemon_controller.go, update.go).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apiserver/api/node_selector.h"
#include "controllers/framework/summaries.h"

namespace controllers {

struct DaemonNode {
  std::string name;
  bool should_run = false;
  bool should_continue = false;  // a daemon that is there may stay
};

// Whether the pod that `daemon_pod` describes (a Pod with the template's spec and added
// tolerations) fits the node.
DaemonNode AssessNode(const NodeInformer::Entry& node, const Value& daemon_pod);

struct DaemonPlan {
  std::vector<std::string> create_on;
  std::vector<PodPtr> deletions;
  std::vector<PodPtr> failed;     // among deletions: found failed
  std::vector<PodPtr> succeeded;  // among deletions: found succeeded
};

// Daemons by the node they are on or meant for, each list oldest first.
using DaemonsByNode = std::map<std::string, std::vector<PodPtr>>;
DaemonsByNode GroupByNode(const std::vector<PodPtr>& pods);

DaemonPlan PlanDaemons(const std::vector<DaemonNode>& nodes, const DaemonsByNode& daemons);

struct DaemonTemplate {
  std::string hash;
  std::string generation;  // deprecated.daemonset.template.generation
  int min_ready_seconds = 0;
};
bool IsDaemonUpdated(const PodInformer::Entry& pod, const DaemonTemplate& daemon_template);

// The old daemons to delete now, with at most `unavailable_max` nodes without an available one.
std::vector<PodPtr> PlanDaemonUpdate(const std::vector<DaemonNode>& nodes,
                                     const DaemonsByNode& daemons,
                                     const DaemonTemplate& daemon_template, int unavailable_max,
                                     sim::Time now);

struct DaemonCounts {
  int current = 0, misscheduled = 0, desired = 0, ready = 0, updated = 0, available = 0;
};
DaemonCounts CountDaemons(const std::vector<DaemonNode>& nodes, const DaemonsByNode& daemons,
                          const DaemonTemplate& daemon_template, sim::Time now);

}  // namespace controllers
