// Paths of selectable fields: names with dots between them (".spec.color").
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// The value at `path`, or null.
const Value* FindBySimplePath(const Value& object, std::string_view path);

}  // namespace apiserver
