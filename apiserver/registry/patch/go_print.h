// Values as Go's fmt prints them, which the errors of patches show.
#pragma once

#include <string>

#include "apiserver/api/json.h"

namespace apiserver {

// As %v: "map[a:1 b:[x y]]", keys sorted, text without quotes, null "<nil>".
std::string GoPrint(const Value& value);
// As %s: text as it is, anything else inside "%!s(int64=5)".
std::string GoPrintAsText(const Value& value);
// The word of JSON errors: "object", "array", "string", "number", "bool", "null".
std::string JsonKindName(const Value& value);

}  // namespace apiserver
