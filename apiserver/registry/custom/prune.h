// Brings a custom object into its stored form: unknown fields go, members are sorted, zero values
// stay.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/pruning. Threads: any, no shared state.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// Whether `type` is that of a whole custom object.
bool IsCustomRoot(const Type& type);

// Prunes and sorts `object`; names of removed fields go to `unknown` when given. Metadata is
// brought into ObjectMeta's form. The result is what is wrong with metadata, or "".
std::string NormalizeCustom(const Type& root, Value& object, std::vector<std::string>* unknown);

}  // namespace apiserver
