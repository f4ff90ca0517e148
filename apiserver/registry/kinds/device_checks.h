// What the kinds of resource.k8s.io may say. Source: kubernetes/pkg/apis/resource/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void ValidateResourceClaim(const Object& object, Violations& out);
void ValidateResourceClaimUpdate(const Object& object, const Object& old, Violations& out);
void ValidateResourceClaimStatus(const Object& object, const Object& old, Violations& out);
void ValidateResourceClaimTemplate(const Object& object, Violations& out);
void ValidateResourceClaimTemplateUpdate(const Object& object, const Object& old, Violations& out);
void ValidateDeviceClass(const Object& object, Violations& out);
void ValidateDeviceClassUpdate(const Object& object, const Object& old, Violations& out);
void ValidateResourceSlice(const Object& object, Violations& out);
void ValidateResourceSliceUpdate(const Object& object, const Object& old, Violations& out);

}  // namespace apiserver
