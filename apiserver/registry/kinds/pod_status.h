// The parts of what the status endpoint of pods refuses (ValidatePodStatusUpdate, pod_update.h).
// `path` is that of the status. Source: kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckClaimStatuses(const Object& spec, const Object& status, const FieldPath& path,
                        Violations& out);
// The claim that stands for extended resources.
void CheckExtendedClaimStatus(const Object& spec, const Object& status, const FieldPath& path,
                              Violations& out);
// Users, devices and mounted images of containers.
void CheckContainerStatuses(const Object& spec, const Object& status, const FieldPath& path,
                            Violations& out);

}  // namespace apiserver
