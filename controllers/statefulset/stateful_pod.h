// The pods and claims of a StatefulSet: their names, labels, volumes and owners.
#pragma once

#include <string>
#include <vector>

#include "controllers/framework/names.h"

namespace controllers {

// The pod of `ordinal` as `set` (with the template of its revision) describes it.
Value MakeStatefulPod(const Value& set, const ObjectMeta& meta, int ordinal,
                      const std::string& revision);

// The claims of that pod, made from volumeClaimTemplates.
std::vector<Value> MakeClaims(const Value& set, const ObjectMeta& meta, int ordinal);

// `set` with the template that `revision_data` keeps.
Value ApplyRevision(const Value& set, const Value& revision_data);

enum class ClaimOwner : std::uint8_t { kNobody, kSet, kPod };
// Who is to own a claim by persistentVolumeClaimRetentionPolicy.
ClaimOwner WantedClaimOwner(const Value& set, bool is_condemned);

}  // namespace controllers
