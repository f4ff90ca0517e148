// Short descriptions of kinds and common fields, in our own words, for `kubectl explain`.
#pragma once

#include <string_view>

#include "apiserver/schema/type.h"

namespace apiserver {

// Of the type that Go calls `go_name` ("PodSpec"), or "".
std::string_view TypeDescription(std::string_view go_name);
// Of fields of this name and kind of type, wherever they stand, or "".
std::string_view FieldDescription(std::string_view json_name, TypeKind kind);

}  // namespace apiserver
