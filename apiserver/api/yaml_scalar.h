// How a YAML 1.1 scalar resolves to a JSON value. Shared by reading and writing.
#pragma once

#include <optional>
#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// The value of a plain scalar: null, a boolean, a number, or nullopt when it is text.
// Not-a-number and infinities, which JSON lacks, come back as doubles for the caller to refuse.
std::optional<Value> ResolveYamlScalar(std::string_view text);

}  // namespace apiserver
