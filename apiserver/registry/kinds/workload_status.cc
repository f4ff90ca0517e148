#include "apiserver/registry/kinds/workload_status.h"

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {

void CheckCounts(const Object& status, std::initializer_list<std::string_view> names,
                 Violations& out) {
  const FieldPath path("status");
  for (std::string_view name : names) CheckNonNegative(status, name, path, out);
}

void CheckCountsAtMost(const Object& status, std::initializer_list<std::string_view> names,
                       std::string_view limit, std::string_view detail, Violations& out) {
  const FieldPath path("status");
  for (std::string_view name : names) {
    const std::int64_t count = IntOf(status, name);
    if (count > IntOf(status, limit)) out.Invalid(path.Child(name), count, detail);
  }
}

void CheckReplicaCounts(const Object& status, Violations& out) {
  CheckCounts(status,
              {"replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
               "observedGeneration", "terminatingReplicas"},
              out);
  CheckCountsAtMost(status, {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"},
                    "replicas", "cannot be greater than status.replicas", out);
  CheckCountsAtMost(status, {"availableReplicas"}, "readyReplicas",
                    "cannot be greater than readyReplicas", out);
}

void CheckCollisionCount(const Object& object, const Object& old, Violations& out) {
  const FieldPath path("status");
  const std::int64_t count = IntOf(ObjectOf(object, "status"), "collisionCount");
  const Object& old_status = ObjectOf(old, "status");
  const bool vanished =
      IsSet(old_status, "collisionCount") && !IsSet(ObjectOf(object, "status"), "collisionCount");
  if (vanished || count < IntOf(old_status, "collisionCount")) {
    out.Invalid(path.Child("collisionCount"), count, "cannot be decremented");
  }
}

}  // namespace apiserver
