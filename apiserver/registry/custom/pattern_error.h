// What Go's regexp package says of a pattern that RE2 refuses.
#pragma once

#include <string>

namespace re2 {
class RE2;
}

namespace apiserver {

// Requires: !pattern.ok(). "error parsing regexp: missing closing ): `(abc`"
std::string GoPatternError(const re2::RE2& pattern);

}  // namespace apiserver
