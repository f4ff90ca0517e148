#include "apiserver/api/json_write.h"

#include <array>
#include <charconv>
#include <cmath>

namespace apiserver {
namespace {

// Bytes that are not written as they are; 0xe2 may begin U+2028 or U+2029.
constexpr std::array<bool, 256> kNeedsCare = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[c] = true;
  for (unsigned char c : {'"', '\\', '<', '>', '&'}) table[c] = true;
  table[0xe2] = true;
  return table;
}();

constexpr char kHex[] = "0123456789abcdef";

void AppendEscape(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
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
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 0xf];
  }
}

void AppendInteger(std::int64_t number, std::string& out) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

std::string_view View(const boost::json::string& text) { return {text.data(), text.size()}; }
std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

void AppendScalar(const Value& value, std::string& out) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      return;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      AppendInteger(value.get_int64(), out);
      return;
    case boost::json::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    case boost::json::kind::double_:
      AppendJsonDouble(value.get_double(), out);
      return;
    case boost::json::kind::string:
      AppendJsonString(View(value.get_string()), out);
      return;
    case boost::json::kind::array:
    case boost::json::kind::object:
      return;
  }
}

void AppendLine(std::size_t depth, std::string& out) {
  out += '\n';
  out.append(depth * 2, ' ');
}

void AppendPretty(const Value& value, std::size_t depth, std::string& out) {
  if (const Object* object = value.if_object()) {
    if (object->empty()) {
      out += "{}";
      return;
    }
    char before = '{';
    for (const auto& member : *object) {
      out += before;
      before = ',';
      AppendLine(depth + 1, out);
      AppendJsonString(View(member.key()), out);
      out += ": ";
      AppendPretty(member.value(), depth + 1, out);
    }
    AppendLine(depth, out);
    out += '}';
  } else if (const Array* array = value.if_array()) {
    if (array->empty()) {
      out += "[]";
      return;
    }
    char before = '[';
    for (const Value& item : *array) {
      out += before;
      before = ',';
      AppendLine(depth + 1, out);
      AppendPretty(item, depth + 1, out);
    }
    AppendLine(depth, out);
    out += ']';
  } else {
    AppendScalar(value, out);
  }
}

// "1.25e+17" as "125000000000000000".
void AppendPadded(std::string_view scientific, std::string& out) {
  const std::size_t e = scientific.find('e');
  std::size_t exponent = 0;
  for (char c : scientific.substr(e + 2))
    exponent = exponent * 10 + static_cast<std::size_t>(c - '0');
  std::string digits(scientific.substr(0, e));
  const std::size_t point = digits.find('.');
  const std::size_t decimals = point == std::string::npos ? 0 : digits.size() - point - 1;
  if (point != std::string::npos) digits.erase(point, 1);
  out += digits;
  out.append(exponent - decimals, '0');
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  std::size_t clean = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (!kNeedsCare[c]) continue;
    if (c == 0xe2) {
      const bool is_separator = at + 2 < text.size() && text[at + 1] == '\x80' &&
                                (text[at + 2] == '\xa8' || text[at + 2] == '\xa9');
      if (!is_separator) continue;
      out.append(text, clean, at - clean);
      out += text[at + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      out.append(text, clean, at - clean);
      AppendEscape(c, out);
    }
    clean = at + 1;
  }
  out.append(text, clean, text.size() - clean);
  out += '"';
}

void AppendJsonDouble(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 64> text;
  const double size = std::abs(number);
  const bool is_scientific = size != 0 && (size < 1e-6 || size >= 1e21);
  // Above 2^53 the library's fixed form shows all digits of the number, not the shortest that read
  // back.
  const bool is_padded = !is_scientific && size >= 9007199254740992.0;
  const auto format =
      is_scientific || is_padded ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, format).ptr;
  const std::string_view written(text.data(), static_cast<std::size_t>(end - text.data()));
  if (is_padded) {
    AppendPadded(written, out);
    return;
  }
  // Go writes 1e-7, not 1e-07; a positive exponent here has always two digits of its own.
  const std::size_t e = written.rfind("e-0");
  if (is_scientific && e != std::string_view::npos && e + 4 == written.size()) {
    out.append(written.substr(0, e + 2));
    out += written.back();
  } else {
    out.append(written);
  }
}

void AppendJson(const Value& value, std::string& out) {
  if (const Object* object = value.if_object()) {
    char before = '{';
    for (const auto& member : *object) {
      out += before;
      before = ',';
      AppendJsonString(View(member.key()), out);
      out += ':';
      AppendJson(member.value(), out);
    }
    if (before == '{') out += '{';
    out += '}';
  } else if (const Array* array = value.if_array()) {
    char before = '[';
    for (const Value& item : *array) {
      out += before;
      before = ',';
      AppendJson(item, out);
    }
    if (before == '[') out += '[';
    out += ']';
  } else {
    AppendScalar(value, out);
  }
}

void AppendJsonPretty(const Value& value, std::string& out) { AppendPretty(value, 0, out); }

std::string ToJson(const Value& value) {
  std::string out;
  AppendJson(value, out);
  return out;
}

}  // namespace apiserver
