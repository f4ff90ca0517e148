// The resources of the built-in table by the names that kubectl takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/cluster_view.h"

namespace scenarios {

// "pods", "pod", "po", "Pod", "deployments.apps", "deployments.v1.apps"; nothing for others. Of
// several groups the one that kubectl takes.
std::optional<ServedResource> FindBuiltinResource(std::string_view name);
std::optional<ServedResource> FindBuiltinKind(const apiserver::GroupVersionKind& kind);

// The plural names of all built-in resources.
std::vector<std::string_view> BuiltinResourceNames();
// The kinds of a built-in group-version; empty when it is not built in.
std::vector<std::string_view> BuiltinKinds(std::string_view group, std::string_view version);

}  // namespace scenarios
