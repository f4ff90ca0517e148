#include "apiserver/api/go_quote.h"

#include <array>
#include <cstdio>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

void AppendFormatted(const char* format, unsigned value, std::string& out) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  out += text.data();
}

bool IsPrintable(unsigned rune) {
  if (rune < 0x20 || rune == 0x7f) return false;
  if (rune < 0x7f) return true;
  if (rune < 0xa1 || rune == 0xad) return false;
  if ((rune >= 0x2000 && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202f)) return false;
  if (rune >= 0x205f && rune <= 0x206f) return false;
  if (rune == 0x3000 || rune == 0xfeff || (rune >= 0xe000 && rune <= 0xf8ff)) return false;
  return (rune & 0xfffe) != 0xfffe && rune < 0xe0000;
}

void AppendRune(unsigned rune, std::string_view bytes, std::string& out) {
  switch (rune) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\v':
      out += "\\v";
      return;
    default:
      break;
  }
  if (IsPrintable(rune)) {
    out += bytes;
  } else if (rune < 0x80) {
    AppendFormatted("\\x%02x", rune, out);
  } else if (rune < 0x10000) {
    AppendFormatted("\\u%04x", rune, out);
  } else {
    AppendFormatted("\\U%08x", rune, out);
  }
}

}  // namespace

std::string GoQuote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const std::string_view bytes = text.substr(at, length);
    if (bytes.size() < length || !IsValidUtf8(bytes)) {
      AppendFormatted("\\x%02x", lead, out);
      ++at;
      continue;
    }
    unsigned rune = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (char c : bytes.substr(1)) rune = rune << 6 | (static_cast<unsigned char>(c) & 0x3fu);
    AppendRune(rune, bytes, out);
    at += length;
  }
  return out + '"';
}

}  // namespace apiserver
