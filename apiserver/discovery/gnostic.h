// OpenAPI v2 documents in the protobuf form of github.com/google/gnostic-models
// (openapi.v2.Document).
#pragma once

#include <string>

#include "apiserver/api/json.h"

namespace apiserver {

// Appends the message of an OpenAPI v2 document. What gnostic has no field for and does not start
// with "x-" is left out; extensions travel as YAML text (our JSON is YAML too).
void AppendGnostic(const Value& document, std::string& out);

}  // namespace apiserver
