// What a PodSpec may say, in pods and in templates. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
//
// The parts lie in files of their own: containers (container_checks.h), volumes (volume_checks.h),
// scheduling (scheduling_checks.h), security contexts (security_checks.h).
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// `pod_metadata` is null for templates.
void CheckPodSpec(const Object& spec, const Object* pod_metadata, const FieldPath& path,
                  Violations& out);
// Annotations with a meaning: mirror pods, deletion cost, AppArmor, seccomp.
void CheckPodAnnotations(const Object& annotations, const Object& spec, const FieldPath& path,
                         Violations& out);
// AppArmor annotations and fields must agree on creation.
void CheckAppArmorMatch(const Object& annotations, const Object& spec, const FieldPath& path,
                        Violations& out);
// Images of real pods must not be padded with spaces.
void CheckImagesTrimmed(const Object& spec, std::string_view list, const FieldPath& path,
                        Violations& out);

}  // namespace apiserver
