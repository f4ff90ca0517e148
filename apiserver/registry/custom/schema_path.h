// Paths into a schema as rules and selectable fields write them: ".spec.color", ".labels['a.b']".
//
// Source: ValidFieldPath in apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
// Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

struct SchemaPath {
  std::string text;               // "spec.color", "labels[a.b]"
  std::string root;               // the first name
  const Value* schema = nullptr;  // what the path leads to; null below `additionalProperties: true`
};

enum class PathBrackets : std::uint8_t { kAllowed, kForbidden };

// The error is upstream's reason.
sim::Result<SchemaPath> FindSchemaPath(const Value& schema, std::string_view path,
                                       PathBrackets brackets);

}  // namespace apiserver
