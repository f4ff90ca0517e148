// Writes JSON text to the byte as Go's encoding/json does: HTML characters escaped, shortest
// numbers.
//
// Members are written in the order in which the object holds them. Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// Appends `value` in one line, without spaces or a final newline.
void AppendJson(const Value& value, std::string& out);
// The same, indented by two spaces as json.MarshalIndent(value, "", "  ") does (`?pretty=true`).
void AppendJsonPretty(const Value& value, std::string& out);
// Appends `text` quoted and escaped.
void AppendJsonString(std::string_view text, std::string& out);
// Appends `number` as Go writes a float64: 'f' form, 'e' form below 1e-6 and from 1e21 on.
// Not-a-number and infinities, which no parser makes, are written as null.
void AppendJsonDouble(double number, std::string& out);

std::string ToJson(const Value& value);

}  // namespace apiserver
