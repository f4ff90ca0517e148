// Node labels that have newer names. Source: kubernetes/pkg/api/node/util.go, 1.36.
#pragma once

#include <string_view>

namespace apiserver {

// "deprecated since vX; use ...", or "".
std::string_view DeprecatedNodeLabel(std::string_view label);

}  // namespace apiserver
