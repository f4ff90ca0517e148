// The record of one scheduling decision: why each node was refused and how each of the others
// scored.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/scheduler/plugin.h"

namespace controllers {

struct NodeRefusal {
  std::string node;
  std::string_view plugin;
  FilterStatus status;
};

struct NodeScores {
  std::string node;
  std::vector<std::int64_t> weighted;  // in the order of SchedulingDecision::score_plugins
  std::int64_t total = 0;
};

struct SchedulingDecision {
  apiserver::ObjectKey pod;
  std::string node;            // where it goes; "" when it does not fit
  std::string nominated_node;  // where preemption makes room
  std::vector<SchedulerPodPtr> victims;
  bool clears_nomination = false;  // preemption found that no node can help
  std::size_t nodes_count = 0;
  std::vector<NodeRefusal> refusals;
  FilterStatus refusal_of_all;  // by a PreFilter; or of the nodes that a PreFilter left out
  std::string_view refusal_of_all_plugin;
  bool is_refused_for_all = false;  // nothing was filtered: `refusal_of_all` holds for every node
  std::set<std::string> refusing_plugins;
  std::vector<std::string_view> score_plugins;
  std::vector<NodeScores> scores;  // empty when only one node was left
  std::string message;             // of FailedScheduling and the condition, when node is ""
};

// "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu." as upstream's
// FitError says it, from (count, reason) of each node. Source: pkg/scheduler/framework/types.go.
std::string FitErrorText(std::size_t nodes_count,
                         const std::map<std::string, std::size_t>& reasons);

// The whole message: the refusals, or the PreFilter's reason, then what PostFilter said.
std::string DecisionMessage(const SchedulingDecision& decision,
                            std::string_view post_filter_message);

}  // namespace controllers
