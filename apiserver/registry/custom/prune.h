// Brings a custom object into its stored form: unknown fields go, members are sorted, nulls that no
// schema allows go, embedded objects get metadata of the right form; zero values stay.
//
// Source: apiextensions-apiserver/pkg/apiserver/{customresource_handler.go (apply),
// schema/pruning, schema/objectmeta, schema/defaulting/prunenulls.go}. Threads: any, no shared
// state.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// Whether `type` is that of a whole custom object.
bool IsCustomRoot(const Type& type);

// Requires: IsCustomRoot(root). Names of removed fields go to `unknown` when given. The result is
// what is wrong with metadata, or "".
std::string NormalizeCustom(const Type& root, Value& object, std::vector<std::string>* unknown);

// Only the part of that which concerns metadata.
std::string NormalizeCustomMeta(const Type& root, Value& object, std::vector<std::string>* unknown);

// Removes what `schema` does not name; `value` is a whole object when `is_root`. Names of removed
// fields go to `unknown` when given, sorted.
void PruneValue(const SchemaNode& schema, bool is_root, Value& value,
                std::vector<std::string>* unknown);

// Sorts the members of all objects, as Go prints maps.
void SortAllMembers(Value& value);

}  // namespace apiserver
