// Which resources upstream calls deprecated, and its words for that.
//
// Source: k8s.io/api's APILifecycleDeprecated as of 1.36; of custom resources, their definition.
// Pure; threads: any.
#pragma once

#include <string>

#include "apiserver/registry/api_resource.h"

namespace apiserver {

// What every request to `resource` is warned of, or "".
std::string DeprecationWarning(const ApiResource& resource);

}  // namespace apiserver
