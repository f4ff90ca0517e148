// The labels that tell a pod where its node stands: zone and region, copied when the node is known.
//
// Source: kubernetes/plugin/pkg/admission/podtopologylabels, 1.36.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

inline void CopyTopologyLabels(const Value& node, Value& pod) {
  for (const std::string_view label :
       {"topology.kubernetes.io/region", "topology.kubernetes.io/zone"}) {
    const Value* value = FindPath(node, {"metadata", "labels", label});
    if (value == nullptr) continue;
    EnsureObject(EnsureObject(pod, "metadata"), "labels")[label] = *value;
  }
}

}  // namespace apiserver
