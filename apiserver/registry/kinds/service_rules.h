// The rules of Services, apart from their defaults. Source: kubernetes/pkg/apis/core/validation and
// pkg/registry/core/service/strategy.go, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

bool IsExternallyAccessible(const Object& spec);
bool IsExternalName(const Object& spec);
// A balancer that keeps traffic local asks each node for its health.
bool NeedsHealthCheck(const Object& spec);
// Headless: clusterIP None.
bool IsHeadless(const Object& spec);

// clusterIP and clusterIPs say the same. `old` is null on creation.
void NormalizeClusterIps(Object& service, const Object* old);
// Addresses and ports that were allocated stay when an update leaves them out.
void PatchAllocatedValues(Object& service, const Object& old);
// Fields that the new type does not have go with the old type.
void DropTypeDependentFields(Object& service, const Object* old);

// The rules of addresses and families, which hold before addresses are given and after.
void CheckClusterIps(const Object& spec, Violations& out);

void ValidateService(const Object& service, Violations& out);
void ValidateServiceUpdate(const Object& service, const Object& old, Violations& out);
void ValidateServiceStatusUpdate(const Object& service, const Object& old, Violations& out);

}  // namespace apiserver
