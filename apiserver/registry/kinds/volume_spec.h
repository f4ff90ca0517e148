// What a PersistentVolume may say. Source: kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void ValidatePersistentVolume(const Object& object, Violations& out);
void ValidatePersistentVolumeUpdate(const Object& object, const Object& old, Violations& out);

}  // namespace apiserver
