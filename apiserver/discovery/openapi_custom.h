// The schemas of custom resources as OpenAPI publishes them.
#pragma once

#include "apiserver/api/json.h"
#include "apiserver/discovery/openapi_schemas.h"

namespace apiserver {

// A CustomResourceDefinition's openAPIV3Schema. Version 2 loses what its dialect can't say:
// alternatives, nullable, defaults, and what lies below fields that keep unknown members.
// What every object has, as the document shows it.
struct CustomMembers {
  Value api_version;
  Value kind;
  Value metadata;
};

Object CustomSchema(const Value& schema, OpenApiDialect dialect, const CustomMembers& members,
                    JsonStorage storage);

}  // namespace apiserver
