// The schemas of custom resources as OpenAPI publishes them.
#pragma once

#include "apiserver/api/json.h"
#include "apiserver/discovery/openapi_schemas.h"

namespace apiserver {

// A CustomResourceDefinition's openAPIV3Schema. Version 2 loses what its dialect can't say:
// alternatives, nullable, defaults, and what lies below fields that keep unknown members.
Object CustomSchema(const Value& schema, OpenApiDialect dialect, JsonStorage storage);

}  // namespace apiserver
