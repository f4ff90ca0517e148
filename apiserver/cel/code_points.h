// Text by code points, as CEL counts it. Text here is valid UTF-8 (JSON and literals are).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace apiserver::cel {

inline bool IsTailByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

inline std::size_t CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += IsTailByte(c) ? 0 : 1;
  return count;
}

// The byte at which code point `index` begins; text.size() when there are just `index` of them.
// Requires: index <= CountCodePoints(text).
inline std::size_t ByteOfCodePoint(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (IsTailByte(text[at])) continue;
    if (index-- == 0) return at;
  }
  return at;
}

// The code point that begins at byte `at`, and its length in bytes.
struct CodePoint {
  char32_t value;
  std::size_t length;
};
CodePoint CodePointAt(std::string_view text, std::size_t at);
void AppendCodePoint(char32_t value, std::string& out);

}  // namespace apiserver::cel
