// Where a value lies in the text of an object, found without parsing it: for edits that reuse
// bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace apiserver {

struct JsonSpan {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// The value at `path` of object members in `json`, or nothing. Keys that are written with escapes
// are not found. Requires: `json` is valid compact JSON, as objects at rest are.
std::optional<JsonSpan> FindJsonSpan(std::string_view json, std::span<const std::string_view> path);

}  // namespace apiserver
