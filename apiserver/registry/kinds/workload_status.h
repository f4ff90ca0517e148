// Rules of replica counts in the status of workloads.
#pragma once

#include <initializer_list>
#include <string_view>

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Each named count of `status` is at least 0.
void CheckCounts(const Object& status, std::initializer_list<std::string_view> names,
                 Violations& out);
// Each named count is at most status.`limit`; `detail` is the sentence.
void CheckCountsAtMost(const Object& status, std::initializer_list<std::string_view> names,
                       std::string_view limit, std::string_view detail, Violations& out);
// The counts that ReplicaSets and ReplicationControllers share.
void CheckReplicaCounts(const Object& status, Violations& out);
// status.collisionCount never falls; a missing one counts as 0.
void CheckCollisionCount(const Object& object, const Object& old, Violations& out);

}  // namespace apiserver
