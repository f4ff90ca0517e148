// The values of kube-apiserver's flags, read as it reads them.
//
// Source: kubernetes/pkg/kubeapiserver/options, apiserver/pkg/server/options, 1.36. Pure; errors
// are what follows the flag's name in a line for people.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/result.h"

namespace scenarios {

// "30000-32767", "30000+100" (to 30100), "30000".
sim::Result<std::pair<int, int>> ParsePortRange(const std::string& text);

// Whether every entry is the name of an admission plug-in of kube-apiserver.
sim::Result<void> CheckAdmissionPlugins(const std::vector<std::string>& names);
// Those of `names` that are not built here.
std::vector<std::string> UnbuiltAdmissionPlugins(const std::vector<std::string>& names);

// "api/all=true,apps/v1=true": what it would switch off, which nothing can be here.
sim::Result<std::vector<std::string>> ReadRuntimeConfig(const std::vector<std::string>& entries);

// AlwaysAllow, AlwaysDeny, ABAC, Webhook, RBAC, Node: unknown ones and those that are not built are
// refused.
sim::Result<void> CheckAuthorizationModes(const std::vector<std::string>& modes);

}  // namespace scenarios
