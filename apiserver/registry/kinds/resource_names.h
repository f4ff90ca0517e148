// Names of resources ("cpu", "hugepages-2Mi", "example.com/dongle") and amounts of them.
//
// Source: kubernetes/pkg/apis/core/helper and validation, 1.36.
#pragma once

#include <string_view>

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

bool IsHugePages(std::string_view name);
// Without a domain or in kubernetes.io.
bool IsNativeResource(std::string_view name);
bool IsExtendedResource(std::string_view name);
// cpu, memory, ephemeral-storage: requests may be below limits.
bool AllowsOvercommit(std::string_view name);

void CheckResourceName(std::string_view name, const FieldPath& path, Violations& out);
void CheckContainerResourceName(std::string_view name, const FieldPath& path, Violations& out);
// Of resources that a pod asks for as a whole.
void CheckPodResourceName(std::string_view name, const FieldPath& path, Violations& out);
void CheckQuotaResourceName(std::string_view name, const FieldPath& path, Violations& out);
// Not negative, and whole where the resource is counted in whole units.
void CheckResourceQuantity(std::string_view name, const Value& quantity, const FieldPath& path,
                           Violations& out);

}  // namespace apiserver
