// Spreads endpoints over EndpointSlices with as few writes as can be: what stays, stays in its
// slice.
//
// Source of the rules: k8s.io/endpointslice, reconciler.go: 100 endpoints in a slice, one set of
// ports per slice.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controllers/framework/names.h"

namespace controllers {

inline constexpr std::size_t kSliceEndpointsMax = 100;

// Endpoints of one address type that have the same ports.
struct EndpointGroup {
  std::string address_type;      // "IPv4", "IPv6"
  Value ports;                   // an array, or null
  std::vector<Value> endpoints;  // each with addresses; unique by target and addresses
};

// What every slice of one owner has in common.
struct SliceFrame {
  std::string prefix;  // of generated names: "web-"
  std::string namespace_;
  Object labels;
  Value owner;               // a controllerRef
  std::string trigger_time;  // annotation; "" for none
};

struct SlicePlan {
  std::vector<Value> creations;
  std::vector<Value> updates;  // whole objects
  std::vector<ObjectKey> deletions;
};

// `existing` are the owner's slices. A type in `address_types` without endpoints keeps one empty
// slice.
SlicePlan PlanSlices(const SliceFrame& frame, const std::vector<std::string>& address_types,
                     std::vector<EndpointGroup> groups, const std::vector<ObjectPtr>& existing);

}  // namespace controllers
