// Reads from method, path and query what a request addresses.
//
// Source of the rules: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/request.h"

namespace apiserver {

// `path` is decoded and starts with "/"; `query` is decoded. A path that can't be understood
// ("/api/v1/watch") gives a request with is_resource and no resource.
RequestInfo ReadRequestInfo(std::string_view method, std::string_view path,
                            const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace apiserver
