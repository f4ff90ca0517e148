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

// What clients ask for, in both spellings, to get the protobuf form, which is all that Go clients
// read.
inline constexpr std::string_view kOpenApiV2ProtobufTypes[] = {
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"};
// What it is answered as: Go can't parse a content type with an @.
inline constexpr std::string_view kOpenApiV2ProtobufAnswerType = kOpenApiV2ProtobufTypes[1];

OpenApiV2Documents MakeOpenApiV2(std::span<const ServedGroup> groups);

}  // namespace apiserver
