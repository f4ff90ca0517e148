// Whether a kubelet takes a pod that was bound to its node.
//
// Pure. Source of reasons and texts: pkg/kubelet/lifecycle/predicate.go.
#pragma once

#include <optional>
#include <string>

#include "apiserver/api/node_selector.h"
#include "apiserver/api/resource_amounts.h"

namespace nodes {

struct PodRefusal {
  std::string reason;  // "OutOfcpu"
  std::string message;
};

// `used` is what the pods already taken ask for, their number in pods_count.
std::optional<PodRefusal> CheckAdmission(const apiserver::Value& pod, const apiserver::Value& node,
                                         const apiserver::ResourceAmounts& used);

}  // namespace nodes
