// Short, stable names for a template's content, in the alphabet of upstream's generated names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/api/json.h"

namespace controllers {

// The hash of `value`'s content; `collision_count` makes a different one of the same content.
std::string ContentHash(const apiserver::Value& value, std::optional<std::int64_t> collision_count);

}  // namespace controllers
