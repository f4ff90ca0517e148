// The OpenAPI v2 document of all that is served, as JSON and as gnostic protobuf. Pure functions;
// the caller keeps the bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "apiserver/discovery/served_group.h"

namespace apiserver {

struct OpenApiV2Documents {
  std::string json;
  std::string protobuf;
};

// The content type of the protobuf form, which is all that Go clients accept.
inline constexpr std::string_view kOpenApiV2ProtobufType =
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

OpenApiV2Documents MakeOpenApiV2(std::span<const ServedGroup> groups);

}  // namespace apiserver
