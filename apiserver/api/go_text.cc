#include "apiserver/api/go_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

// The length in bytes of the UTF-8 sequence at `at`, or 0 when it is broken. `rune` gets its value.
std::size_t DecodeRune(std::string_view text, std::size_t at, std::uint32_t& rune) {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const unsigned first = byte(at);
  if (first < 0x80) {
    rune = first;
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4) return 0;
  rune = first & (0x7FU >> length);
  for (std::size_t index = 1; index < length; ++index) {
    const unsigned next = byte(at + index);
    if ((next & 0xC0U) != 0x80U) return 0;
    rune = (rune << 6U) | (next & 0x3FU);
  }
  const bool is_overlong = (length == 3 && rune < 0x800) || (length == 4 && rune < 0x10000);
  const bool is_surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  return is_overlong || is_surrogate || rune > 0x10FFFF ? 0 : length;
}

void AppendHex(std::string& out, const char* format, unsigned value) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, format, value);
  out += buffer;
}

void AppendAscii(std::string& out, char c) {
  switch (c) {
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
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    AppendHex(out, "\\x%02x", static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

// Format, separator and private-use characters, which Go calls unprintable. Unassigned ones are
// taken as printable.
bool IsPrintable(std::uint32_t rune) {
  if (rune >= 0x80 && rune < 0xA1) return false;
  if (rune == 0xAD || rune == 0x1680 || rune == 0x180E || rune == 0x3000 || rune == 0xFEFF) {
    return false;
  }
  if (rune >= 0x2000 && rune <= 0x200F) return false;
  if (rune >= 0x2028 && rune <= 0x202F) return false;
  if (rune >= 0x205F && rune <= 0x206F) return false;
  if (rune >= 0xE000 && rune <= 0xF8FF) return false;
  return rune < 0xE0000;
}

}  // namespace

std::string GoQuote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t rune = 0;
    const std::size_t length = DecodeRune(text, at, rune);
    if (length == 0) {
      AppendHex(out, "\\x%02x", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    if (length == 1) {
      AppendAscii(out, text[at]);
    } else if (IsPrintable(rune)) {
      out += text.substr(at, length);
    } else {
      AppendHex(out, rune < 0x10000 ? "\\u%04x" : "\\U%08x", rune);
    }
    at += length;
  }
  out += '"';
  return out;
}

std::string GoTimeQuote(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < 0x20) {
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string GoQuoteList(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? " " : "") + GoQuote(text);
  return out + "]";
}

std::string GoFloat(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  const double size = std::fabs(number);
  const bool has_exponent = size != 0 && (size < 1e-4 || size >= 1e6);
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number,
                    has_exponent ? std::chars_format::scientific : std::chars_format::fixed);
  return {buffer, end.ptr};
}

std::string GoBadValue(const Value& value) {
  if (value.is_string()) return GoQuote({value.get_string().data(), value.get_string().size()});
  if (value.is_double()) return GoFloat(value.get_double());
  return ToJson(value);
}

std::string GoTypeName(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "<nil>";
    case boost::json::kind::bool_:
      return "bool";
    case boost::json::kind::int64:
      return "int64";
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      return "float64";
    case boost::json::kind::string:
      return "string";
    case boost::json::kind::array:
      return "[]interface {}";
    case boost::json::kind::object:
      return "map[string]interface {}";
  }
  return "";
}

}  // namespace apiserver
