// Time zones by name, for timestamps' accessors.
//
// The rules in force today are applied to all times: what a country did differently in the past is
// not here.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace apiserver::cel {

// Seconds east of UTC at `unix_seconds`; nullopt for a name nobody knows. "" and "UTC" are UTC.
std::optional<std::int64_t> ZoneOffset(std::string_view name, std::int64_t unix_seconds);

}  // namespace apiserver::cel
