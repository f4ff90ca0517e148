// Go's %q of a string, which upstream's messages are full of.
#pragma once

#include <string>
#include <string_view>

namespace apiserver {

// As strconv.Quote: escapes control and non-printable characters, keeps other UTF-8.
// Printable is taken to be everything from U+00A1 on but U+00AD, separators, and private or
// unassigned planes.
std::string GoQuote(std::string_view text);

}  // namespace apiserver
