// What updates of a pod may change, by endpoint. Source: kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void ValidatePodUpdate(const Object& pod, const Object& old, Violations& out);
void ValidatePodStatusUpdate(const Object& pod, const Object& old, Violations& out);
void ValidatePodEphemeralContainersUpdate(const Object& pod, const Object& old, Violations& out);
void ValidatePodResize(const Object& pod, const Object& old, Violations& out);
// The metadata and spec rules that creation and all updates share.
void CheckPodMetadataAndSpec(const Object& pod, Violations& out);

// Annotations that the server reads stay as they were made.
void CheckPodAnnotationUpdate(const Object& pod, const Object& old, Violations& out);

}  // namespace apiserver
