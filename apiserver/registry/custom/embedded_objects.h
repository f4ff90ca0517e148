// Whole objects inside of custom ones (x-kubernetes-embedded-resource): the form of their metadata
// and what must be in it.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/objectmeta. Threads: any, no shared state.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

// Brings embedded metadata into ObjectMeta's form. Names of removed fields go to `unknown` when
// given. The result is the first thing that has a wrong type, as an error's text, or "". The object
// itself is taken for embedded when `is_root`.
std::string CoerceEmbedded(const SchemaNode& schema, Value& object,
                           std::vector<std::string>* unknown, bool is_root = false,
                           const std::string& path = {});

FieldErrors ValidateEmbedded(const SchemaNode& schema, const Value& object, bool is_root = false,
                             const std::string& path = {});

}  // namespace apiserver
