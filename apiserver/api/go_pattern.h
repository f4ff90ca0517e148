// Go's regular expressions on RE2, which they come from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace apiserver {

// `pattern` compiled; not ok() when Go would refuse it.
std::unique_ptr<const re2::RE2> CompileGoPattern(std::string_view pattern);

// Go's name of what is wrong with a pattern that is not ok(): "missing closing )".
std::string_view GoPatternProblem(const re2::RE2& pattern);

// What Go's regexp package says of a pattern that is not ok(): "error parsing regexp: missing
// closing ): `(abc`". `text` is the pattern as written.
std::string GoPatternError(const re2::RE2& pattern, std::string_view text);

}  // namespace apiserver
