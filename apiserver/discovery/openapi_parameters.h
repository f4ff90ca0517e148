// The parameters of OpenAPI operations.
#pragma once

#include <string_view>
#include <vector>

#include "apiserver/discovery/openapi_operations.h"

namespace apiserver {

OpenApiParameter NameParameter();
OpenApiParameter NamespaceParameter();
OpenApiParameter PrettyParameter();
OpenApiParameter ProxyPathParameter();
std::vector<OpenApiParameter> ListParameters();
// Of GET, which only custom resources are published with.
std::vector<OpenApiParameter> GetParameters();
// Of POST and PUT.
std::vector<OpenApiParameter> WriteParameters();
std::vector<OpenApiParameter> PatchParameters();
std::vector<OpenApiParameter> DeleteParameters();
std::vector<OpenApiParameter> DeleteCollectionParameters();
// The plain fields of an options kind ("PodExecOptions") are query parameters.
std::vector<OpenApiParameter> OptionsParameters(const Type& options);

// Moves to the path what all its operations share, and sorts.
void HoistParameters(OpenApiPath& path);

// All parameters that v2 documents share, by key.
std::vector<OpenApiParameter> SharedParameters();

}  // namespace apiserver
