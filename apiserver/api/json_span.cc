#include "apiserver/api/json_span.h"

#include <cstring>

namespace apiserver {
namespace {

// Behind the string that begins at `at`.
std::size_t SkipString(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    const void* quote = std::memchr(json.data() + at, '"', json.size() - at);
    if (quote == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(quote) - json.data());
    // An odd number of backslashes means that it is a part of the text.
    std::size_t slashes = 0;
    while (json[at - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return at + 1;
  }
  return json.size();
}

// Behind the value that begins at `at`.
std::size_t SkipValue(std::string_view json, std::size_t at) {
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = SkipString(json, at);
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      --depth;
      ++at;
    } else if (c == ',' && depth == 0) {
      return at;
    } else {
      ++at;
      continue;
    }
    if (depth == 0) return at;
  }
  return at;
}

std::optional<JsonSpan> FindMember(std::string_view json, JsonSpan object, std::string_view key) {
  const std::size_t end = object.begin + object.size;
  if (object.size < 2 || json[object.begin] != '{') return std::nullopt;
  std::size_t at = object.begin + 1;
  while (at < end && json[at] == '"') {
    const std::size_t key_end = SkipString(json, at);
    const std::string_view found = json.substr(at + 1, key_end - at - 2);
    const std::size_t value = key_end + 1;  // behind the colon
    const std::size_t value_end = SkipValue(json, value);
    if (found == key) return JsonSpan{value, value_end - value};
    at = value_end + 1;  // behind the comma
  }
  return std::nullopt;
}

}  // namespace

std::optional<JsonSpan> FindJsonSpan(std::string_view json,
                                     std::span<const std::string_view> path) {
  std::optional<JsonSpan> span = JsonSpan{0, json.size()};
  for (const std::string_view key : path) {
    span = FindMember(json, *span, key);
    if (!span) return std::nullopt;
  }
  return span;
}

}  // namespace apiserver
