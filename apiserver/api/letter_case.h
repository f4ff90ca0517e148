// Letters of ASCII, whatever the locale. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace apiserver {

// A to Z made small; all other bytes stay.
std::string LowerCase(std::string_view text);
bool EqualsButForCase(std::string_view a, std::string_view b);

}  // namespace apiserver
