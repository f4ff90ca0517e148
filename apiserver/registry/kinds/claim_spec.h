// Rules that PersistentVolumeClaims, claim templates and PersistentVolumes share.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckClaimSpec(const Object& claim_spec, const FieldPath& path, Violations& out);
// Known modes; ReadWriteOncePod alone.
void CheckAccessModes(const Object& spec, const FieldPath& path, Violations& out);
// A quantity above 0.
void CheckPositiveQuantity(const Value& quantity, const FieldPath& path, Violations& out);

}  // namespace apiserver
