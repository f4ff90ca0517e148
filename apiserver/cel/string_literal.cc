#include "apiserver/cel/string_literal.h"

#include <charconv>

#include "apiserver/cel/code_points.h"

namespace apiserver::cel {
namespace {

constexpr char kBadEscape[] = "unable to unescape string";
constexpr char kBadCodePoint[] = "invalid unicode code point";

// "\r\n" and "\r" are line ends as "\n" is.
std::string NormalizeLineEnds(std::string_view text) {
  std::string out;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '\r') {
      out += text[index];
      continue;
    }
    out += '\n';
    if (index + 1 < text.size() && text[index + 1] == '\n') ++index;
  }
  return out;
}

char SimpleEscape(char kind) {
  constexpr std::string_view kKinds = "abfnrtv\\'\"`?";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"`?";
  const std::size_t index = kKinds.find(kind);
  return index == std::string_view::npos ? '\0' : kMeanings[index];
}

// The escape at `at` (behind the backslash) is appended; `at` moves behind it.
const char* Unescape(std::string_view body, std::size_t& at, bool is_bytes, std::string& out) {
  const char kind = body[at];
  if (const char simple = SimpleEscape(kind)) {
    out += simple;
    ++at;
    return nullptr;
  }
  const bool is_octal = kind >= '0' && kind <= '3';
  const bool is_byte = is_octal || kind == 'x' || kind == 'X';
  if (!is_byte && is_bytes) return kBadEscape;
  const std::size_t start = is_octal ? at : at + 1;
  const std::size_t length = is_octal ? 3 : is_byte ? 2 : kind == 'u' ? 4 : 8;
  if (start + length > body.size()) return kBadEscape;
  std::uint32_t value = 0;
  const char* first = body.data() + start;
  const auto parsed = std::from_chars(first, first + length, value, is_octal ? 8 : 16);
  if (parsed.ptr != first + length) return kBadEscape;
  at = start + length;
  if (is_bytes) {
    out += static_cast<char>(value);
    return nullptr;
  }
  if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return kBadCodePoint;
  AppendCodePoint(value, out);
  return nullptr;
}

}  // namespace

StringLiteral ParseStringLiteral(std::string_view literal, bool is_bytes) {
  const std::string normal = NormalizeLineEnds(literal);
  std::string_view body = normal;
  const bool is_raw = body.front() == 'r' || body.front() == 'R';
  if (is_raw) body.remove_prefix(1);
  const bool is_triple = body.size() >= 6 && body[1] == body[0] && body[2] == body[0];
  const std::size_t quotes = is_triple ? 3 : 1;
  body = body.substr(quotes, body.size() - 2 * quotes);
  StringLiteral out;
  if (is_raw) {
    out.text = body;
    return out;
  }
  for (std::size_t at = 0; at < body.size();) {
    if (body[at] != '\\') {
      out.text += body[at++];
      continue;
    }
    if (++at == body.size()) return {{}, kBadEscape};
    if (const char* error = Unescape(body, at, is_bytes, out.text)) return {{}, error};
  }
  return out;
}

}  // namespace apiserver::cel
