// Rules of volumes, in pods and as PersistentVolumes' sources. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include <map>
#include <string_view>

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Checks spec.volumes and answers the valid ones by name. `pod_metadata` is null for templates.
std::map<std::string_view, const Object*> CheckVolumes(const Object& spec,
                                                       const Object* pod_metadata,
                                                       const FieldPath& path, Violations& out);

// The sources that both hold. Each says nothing when `holder` lacks it.
void CheckHostPath(const Object& holder, const FieldPath& path, Violations& out);
void CheckNfs(const Object& holder, const FieldPath& path, Violations& out);
void CheckIscsi(const Object& holder, const FieldPath& path, Violations& out);
void CheckFibreChannel(const Object& holder, const FieldPath& path, Violations& out);
void CheckCsiDriverName(std::string_view name, const FieldPath& path, Violations& out);
// Sources of clouds and old systems: only their required texts.
bool CheckLegacySource(std::string_view kind, const Object& source, const FieldPath& path,
                       Violations& out);

}  // namespace apiserver
