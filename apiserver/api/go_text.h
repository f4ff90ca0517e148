// Values as Go's fmt package prints them, because messages of Kubernetes embed them.
//
// Source of the rules: strconv.Quote and fmt's %v for float64. Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

// `text` in double quotes, as %q: control characters, quotes, backslashes and broken UTF-8 escaped.
std::string GoQuote(std::string_view text);
// `text` in double quotes, as the time package quotes it: whatever is not printable ASCII byte by
// byte, \x1f.
std::string GoTimeQuote(std::string_view text);
// ["a" "b"]: %q of a list of texts.
std::string GoQuoteList(const std::vector<std::string>& texts);
// `number` as %v: shortest digits, exponent form below 1e-4 and from 1e6 on.
std::string GoFloat(double number);
// `value` as upstream's field.Error shows a bad value: %q for text, %v for numbers and booleans,
// JSON for the rest.
std::string GoBadValue(const Value& value);

// How %T names what Go's JSON decoder makes of `value`: "map[string]interface {}", "int64",
// "<nil>"; "float64" for integers beyond 63 bits, too.
std::string GoTypeName(const Value& value);

}  // namespace apiserver
