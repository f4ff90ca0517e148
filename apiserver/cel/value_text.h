// Values as messages show them: Go's %v of what cel-go holds.
#pragma once

#include <string>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

// Text bare, numbers as Go prints them, "[1, 2]", "{a: 1}".
std::string PrintValue(const Value& value);

// The Go type that holds a value, as cel-go's messages name it: "types.Int".
std::string_view GoTypeOf(const Value& value);

}  // namespace apiserver::cel
