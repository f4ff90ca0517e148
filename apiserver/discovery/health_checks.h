// The checks behind /healthz, /livez and /readyz, by the reference server's names.
#pragma once

#include <string_view>
#include <vector>

namespace apiserver {

// The checks of `endpoint` ("healthz", "livez", "readyz"), in the order in which it runs them.
std::vector<std::string_view> HealthChecksOf(std::string_view endpoint);

}  // namespace apiserver
