// What a string or bytes literal of CEL means. Source: cel-go parser/unescape.go.
#pragma once

#include <string>
#include <string_view>

namespace apiserver::cel {

struct StringLiteral {
  std::string text;
  const char* error = nullptr;  // cel-go's words
};

// `literal` with its quotes and perhaps a leading r, without a leading b. In bytes, \x and octal
// escapes are bytes, in strings code points. Requires: the tokenizer accepted it.
StringLiteral ParseStringLiteral(std::string_view literal, bool is_bytes);

}  // namespace apiserver::cel
