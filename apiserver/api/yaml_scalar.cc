#include "apiserver/api/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace apiserver {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kTrue = {"y"sv,    "Y"sv,    "yes"sv, "Yes"sv, "YES"sv, "true"sv,
                              "True"sv, "TRUE"sv, "on"sv,  "On"sv,  "ON"sv};
constexpr std::array kFalse = {"n"sv,     "N"sv,     "no"sv,  "No"sv,  "NO"sv, "false"sv,
                               "False"sv, "FALSE"sv, "off"sv, "Off"sv, "OFF"sv};
constexpr std::array kNull = {""sv, "~"sv, "null"sv, "Null"sv, "NULL"sv};

bool Contains(const auto& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool IsFloat(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at - begin;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (digits() > 0) {
    if (at < text.size() && text[at] == '.') ++at, digits();
  } else {
    if (at >= text.size() || text[at] != '.') return false;
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// Go's strconv.ParseInt(text, 0, 64), else ParseUint's as a double.
std::optional<Value> ParseInteger(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  const auto prefixed = [&](char letter) {
    return text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == letter;
  };
  if (prefixed('x')) {
    base = 16;
  } else if (prefixed('b')) {
    base = 2;
  } else if (prefixed('o')) {
    base = 8;
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  if (prefixed('x') || prefixed('b') || prefixed('o')) text.remove_prefix(2);
  std::uint64_t size = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (is_negative) {
    if (size > kMax + 1) return std::nullopt;
    return Value(static_cast<std::int64_t>(~size + 1));
  }
  if (size > kMax) return Value(static_cast<double>(size));
  return Value(static_cast<std::int64_t>(size));
}

}  // namespace

std::optional<Value> ResolveYamlScalar(std::string_view text) {
  if (Contains(kNull, text)) return Value(nullptr);
  if (Contains(kTrue, text)) return Value(true);
  if (Contains(kFalse, text)) return Value(false);
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return Value(std::numeric_limits<double>::quiet_NaN());
  }
  std::string_view unsigned_text = text;
  if (text[0] == '-' || text[0] == '+') unsigned_text.remove_prefix(1);
  if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return Value(text[0] == '-' ? -infinity : infinity);
  }
  if (!IsDigit(text[0]) && text[0] != '-' && text[0] != '+' && text[0] != '.') return std::nullopt;
  std::string plain(text);
  std::erase(plain, '_');
  if (plain.empty()) return std::nullopt;
  if (text[0] != '.') {
    if (std::optional<Value> integer = ParseInteger(plain)) return integer;
  }
  if (!IsFloat(plain)) return std::nullopt;
  const char* begin = plain.data() + (plain[0] == '+' ? 1 : 0);
  double number = 0;
  const auto read = std::from_chars(begin, plain.data() + plain.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return Value(number);
}

}  // namespace apiserver
