// Rules of volumes, in pods and as PersistentVolumes' sources. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include <cstdint>
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
void CheckFibreChannel(const Object& holder, const FieldPath& path, Violations& out);
void CheckCsiDriverName(std::string_view name, const FieldPath& path, Violations& out);

// Whose rules a source follows where they differ.
enum class VolumeOwner : std::uint8_t { kPod, kPersistentVolume };

void CheckIscsi(const Object& source, VolumeOwner owner, std::string_view volume_name,
                const FieldPath& path, Violations& out);
// Name and portal of a pod's volume make one name on the node. `path` is the name's.
void CheckIscsiVolumeName(const Object& source, std::string_view volume_name, const FieldPath& path,
                          Violations& out);
// Sources of clouds and old systems; `path` is the holder's.
void CheckLegacySource(std::string_view kind, const Object& source, VolumeOwner owner,
                       const FieldPath& path, Violations& out);

}  // namespace apiserver
