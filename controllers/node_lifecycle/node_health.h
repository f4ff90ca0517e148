// What a node's silence means: its conditions become Unknown, then taints follow.
//
// Source of rules and numbers: k8s.io/kubernetes/pkg/controller/nodelifecycle: a node that renews
// neither its lease nor its status for 50 s (60 s after it appeared) is Unknown; taints follow from
// the Ready condition.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/node_selector.h"
#include "controllers/framework/names.h"
#include "sim/time.h"

namespace controllers {

inline constexpr sim::Duration kNodeGrace = std::chrono::seconds(50);
inline constexpr sim::Duration kNodeStartupGrace = std::chrono::seconds(60);

// When the node was last heard of, as this controller saw it.
struct NodeHeard {
  sim::Time at{};
  bool has_reported = false;  // it has a Ready condition
};

// When silence counts.
sim::Time SilentAt(const NodeHeard& heard);

// The conditions with Ready and the pressures Unknown; nullopt when they are so already.
std::optional<Array> UnknownConditions(const Value& node, sim::Time now);

// spec.taints as the node's conditions and spec.unschedulable want them; other taints stay.
// nullopt: nothing changes.
std::optional<Array> WantedTaints(const Value& node, sim::Time now);

}  // namespace controllers
