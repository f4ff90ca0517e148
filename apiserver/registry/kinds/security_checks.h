// Rules of security contexts, operating systems and profiles. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckSecurityContext(const Object& context, bool host_users, const FieldPath& path,
                          Violations& out);
void CheckPodSecurityContext(const Object& spec, const FieldPath& path, Violations& out);
// spec.os and what must not be set for it; host processes of Windows.
void CheckOperatingSystem(const Object& spec, const FieldPath& path, Violations& out);
void CheckHostProcesses(const Object& spec, const FieldPath& path, Violations& out);
void CheckHostUsers(const Object& spec, const FieldPath& path, Violations& out);

}  // namespace apiserver
