// OpenAPI v3 documents: the index and one document for each path in it. Pure functions; the caller
// keeps the bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "apiserver/discovery/served_group.h"

namespace apiserver {

// /openapi/v3. Each URL carries a hash that changes with the document.
std::string OpenApiV3Index(std::span<const ServedGroup> groups);

// /openapi/v3/`path` ("api/v1", "apis/apps", "version"), or "" when there is none.
std::string OpenApiV3Document(std::span<const ServedGroup> groups, std::string_view path);

// The hash that the index shows for `path`.
std::string OpenApiV3Hash(std::span<const ServedGroup> groups, std::string_view path);

}  // namespace apiserver
