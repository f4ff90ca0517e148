// What a pod asks for and what a node has, as integers: the sums that the scheduler and the kubelet
// count with.
//
// Invariant: `others` is sorted by name and holds no name twice. Units: CPU in thousandths of a
// core, memory and storage in bytes, all else in whole units. Source of the sums:
// k8s.io/component-helpers/resource.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

struct ResourceAmounts {
  std::int64_t cpu_millicores = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t ephemeral_storage_bytes = 0;
  std::int64_t pods_count = 0;
  std::vector<std::pair<std::string, std::int64_t>> others;  // extended resources, huge pages

  bool operator==(const ResourceAmounts&) const = default;
  ResourceAmounts& operator+=(const ResourceAmounts& other);
  ResourceAmounts& operator-=(const ResourceAmounts& other);
  // Of each resource the larger amount.
  void RaiseTo(const ResourceAmounts& other);
  // The amount of resource `name` among `others`, or 0.
  std::int64_t Other(std::string_view name) const;
  void SetOther(std::string_view name, std::int64_t amount);
};

// The amounts of a ResourceList ({"cpu": "500m", ...}); null and unreadable entries count as
// nothing.
ResourceAmounts AmountsOf(const Value* resource_list);

// What the scheduler sets aside for `pod` (spec of containers, init containers and sidecars, the
// pod as a whole, overhead). pods_count is 0.
ResourceAmounts PodRequests(const Value& pod);

// The same with 100m of CPU and 200 MB of memory for each container that does not say: upstream's
// assumption for scoring, so that pods without requests are spread too.
ResourceAmounts PodNonZeroRequests(const Value& pod);

}  // namespace apiserver
