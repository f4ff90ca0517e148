// Values as messages show them: Go's %v of what cel-go holds.
#pragma once

#include <string>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

// Text bare, numbers as Go prints them, "[1, 2]", "{a: 1}".
std::string PrintValue(const Value& value);

}  // namespace apiserver::cel
