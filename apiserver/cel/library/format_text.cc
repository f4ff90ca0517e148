// "%d of %s".format([3, x]) and strings.quote (cel-go ext/formatting.go, version 1, locale en_US).
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/cel/code_points.h"
#include "apiserver/cel/library/format_clause.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

// Text, or why there is none.
struct Formatted {
  std::string text;
  std::string error;
};
Formatted Refuse(std::string_view clause, const Value& value) {
  return {"", std::string(clause) + ", was given " + std::string(TypeName(value))};
}

Formatted FormatNested(const Value& value, Arena& arena);

Formatted FormatListText(const List& list, Arena& arena) {
  std::string out = "[";
  for (std::int64_t i = 0; i < list.size(); ++i) {
    Formatted part = FormatNested(list.At(i, arena), arena);
    if (!part.error.empty()) return part;
    out += (i > 0 ? ", " : "") + part.text;
    if (!arena.HasRoom(out.size())) return {"", "memory limit exceeded"};
  }
  return {out + "]", ""};
}

Formatted FormatMapText(const Map& map, Arena& arena) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::int64_t i = 0; i < map.entry_count(); ++i) {
    const Value key = map.KeyAt(i, arena);
    if (key.kind() != Kind::kString && key.kind() != Kind::kBool && key.kind() != Kind::kInt &&
        key.kind() != Kind::kUint) {
      return {"", "no formatting function for map key of type " + std::string(TypeName(key))};
    }
    Formatted value = FormatNested(map.ValueAt(i, arena), arena);
    if (!value.error.empty()) return value;
    entries.emplace_back(FormatNested(key, arena).text, std::move(value.text));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out = "{";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    out += (i > 0 ? ", " : "") + entries[i].first + ":" + entries[i].second;
  }
  return {out + "}", ""};
}

// A part of a list or map: as a literal of CEL.
Formatted FormatNested(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::kNull:
      return {"null", ""};
    case Kind::kString:
      return {GoQuote(value.as_text()), ""};
    case Kind::kBytes:
      return {"b" + GoQuote(value.as_text()), ""};
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kType:
      return {PrintValue(value), ""};
    case Kind::kDouble: {
      if (!std::isfinite(value.as_double())) return {GoQuote(GoFloat(value.as_double())), ""};
      char text[400];
      const auto end = std::to_chars(text, text + sizeof text, value.as_double(),
                                     std::chars_format::fixed, FormatClause::kPrecisionDefault);
      return {std::string(text, end.ptr), ""};
    }
    case Kind::kTimestamp:
      return {"timestamp(" + GoQuote(PrintValue(value)) + ")", ""};
    case Kind::kDuration:
      return {"duration(" + GoQuote(PrintValue(value)) + ")", ""};
    case Kind::kList:
      return FormatListText(value.as_list(), arena);
    case Kind::kMap:
      return FormatMapText(value.as_map(), arena);
    case Kind::kOptional:
    case Kind::kOpaque:
    case Kind::kError:
      return {"", "no formatting function for " + std::string(TypeName(value))};
  }
  return {};
}

Formatted FormatString(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::kNull:
      return {"null", ""};
    case Kind::kList:
      return FormatListText(value.as_list(), arena);
    case Kind::kMap:
      return FormatMapText(value.as_map(), arena);
    case Kind::kBytes:
      if (IsValidUtf8(value.as_text())) return {std::string(value.as_text()), ""};
      return {"",
              "could not convert argument \"invalid UTF-8 in bytes, cannot convert to string\" "
              "to string"};
    case Kind::kOptional:
    case Kind::kOpaque:
    case Kind::kError:
      return Refuse(
          "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, "
          "types, durations, and timestamps",
          value);
    default:
      return {PrintValue(value), ""};
  }
}

Formatted FormatDecimal(const Value& value) {
  if (value.kind() == Kind::kInt || value.kind() == Kind::kUint) return {PrintValue(value), ""};
  return Refuse("decimal clause can only be used on integers", value);
}

// The number of a %f or %e clause: a double, or the name of one that has no digits.
std::optional<double> FloatOf(const Value& value) {
  if (value.kind() == Kind::kDouble) return value.as_double();
  if (value.kind() != Kind::kString) return std::nullopt;
  if (value.as_text() == "NaN") return std::nan("");
  if (value.as_text() == "Infinity") return HUGE_VAL;
  if (value.as_text() == "-Infinity") return -HUGE_VAL;
  return std::nullopt;
}

std::string Digits(double number, std::chars_format format, int precision) {
  std::string text(static_cast<std::size_t>(precision) + 400, '\0');
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, format, precision);
  text.resize(static_cast<std::size_t>(end.ptr - text.data()));
  return text;
}

std::string NotFinite(double number) {
  if (std::isnan(number)) return "NaN";
  return number > 0 ? "\xE2\x88\x9E" : "-\xE2\x88\x9E";  // ∞
}

Formatted FormatFixed(const Value& value, int precision) {
  const auto number = FloatOf(value);
  if (!number) return Refuse("fixed-point clause can only be used on doubles", value);
  if (!std::isfinite(*number)) return {NotFinite(*number), ""};
  std::string text = Digits(*number, std::chars_format::fixed, precision);
  // Thousands are grouped, as in English.
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > first + 3;) text.insert(at -= 3, ",");
  return {text, ""};
}

// The precision of %e is its width: a slip of upstream that clients see.
Formatted FormatScientific(const Value& value, int width) {
  constexpr std::string_view kSuperscripts[] = {
      "\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",     "\xE2\x81\xB4",
      "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8", "\xE2\x81\xB9"};
  const auto number = FloatOf(value);
  if (!number) return Refuse("scientific clause can only be used on doubles", value);
  const auto padded = [&](const std::string& text) {
    const std::size_t size = CountCodePoints(text);
    const auto wanted = static_cast<std::size_t>(width);
    return std::string(wanted > size ? wanted - size : 0, ' ') + text;
  };
  if (!std::isfinite(*number)) return {padded(NotFinite(*number)), ""};
  const std::string text =
      Digits(*number, std::chars_format::scientific, FormatClause::kPrecisionDefault);
  const std::size_t e = text.find('e');
  constexpr std::string_view kTimes = "\xC3\x97";
  std::string out = text.substr(0, e) + std::string(kTimes) + "10";
  for (const char c : text.substr(e + 1)) {
    if (c == '-') {
      out += "\xE2\x81\xBB";
    } else if (c != '+') {
      out += kSuperscripts[c - '0'];
    }
  }
  return {padded(out), ""};
}

std::string InBase(const Value& value, int base) {
  char text[80];
  const auto end = value.kind() == Kind::kInt
                       ? std::to_chars(text, text + sizeof text, value.as_int(), base)
                       : std::to_chars(text, text + sizeof text, value.as_uint(), base);
  return {text, end.ptr};
}

Formatted FormatBinary(const Value& value) {
  if (value.kind() == Kind::kBool) return {value.as_bool() ? "1" : "0", ""};
  if (value.kind() == Kind::kInt || value.kind() == Kind::kUint) return {InBase(value, 2), ""};
  return Refuse("only integers and bools can be formatted as binary", value);
}
Formatted FormatOctal(const Value& value) {
  if (value.kind() == Kind::kInt || value.kind() == Kind::kUint) return {InBase(value, 8), ""};
  return Refuse("octal clause can only be used on integers", value);
}
Formatted FormatHex(const Value& value, bool is_upper) {
  std::string out;
  if (value.kind() == Kind::kInt || value.kind() == Kind::kUint) {
    out = InBase(value, 16);
  } else if (value.kind() == Kind::kString || value.kind() == Kind::kBytes) {
    for (const char c : value.as_text()) {
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
  } else {
    return Refuse("only integers, byte buffers, and strings can be formatted as hex", value);
  }
  if (is_upper) {
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return {out, ""};
}

Formatted RunClause(char clause, int precision, const Value& value, Arena& arena) {
  switch (clause) {
    case 's':
      return FormatString(value, arena);
    case 'd':
      return FormatDecimal(value);
    case 'f':
      return FormatFixed(value, precision);
    case 'e':
      return FormatScientific(value, precision);
    case 'b':
      return FormatBinary(value);
    case 'x':
    case 'X':
      return FormatHex(value, clause == 'X');
    default:
      return FormatOctal(value);
  }
}

Value Format(Arena& arena, const Value* a) {
  const std::string_view text = a[0].as_text();
  const List& values = a[1].as_list();
  std::string out;
  std::int64_t next = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '%') {
      out += text[i++];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '%') {
      out += '%';
      i += 2;
      continue;
    }
    if (next >= values.size()) {
      return NewError(arena, "index " + std::to_string(next) + " out of range");
    }
    if (i + 1 >= text.size()) return Value::Error("unexpected end of string");
    const FormatClause clause = ParseFormatClause(text.substr(i + 1));
    if (!clause.error.empty()) {
      return NewError(arena, "could not parse formatting clause: " + clause.error);
    }
    const Formatted part =
        RunClause(clause.letter, clause.precision, values.At(next++, arena), arena);
    if (!part.error.empty()) return NewError(arena, "error during formatting: " + part.error);
    out += part.text;
    if (!arena.HasRoom(out.size())) return Value::Error("memory limit exceeded");
    i += clause.size + 1;
  }
  return NewString(arena, out);
}

Value Quote(Arena& arena, const Value* a) {
  std::string out = "\"";
  for (const char c : ReplaceInvalidUtf8(a[0].as_text())) {
    constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view kLetters = "abfnrtv\\\"";
    const std::size_t at = kSpecial.find(c);
    if (at != std::string_view::npos) {
      out += '\\';
      out += kLetters[at];
    } else {
      out += c;
    }
  }
  return NewString(arena, out + "\"");
}

constexpr Implementation kRows[] = {{"string_format", Format}, {"strings_quote", Quote}};

}  // namespace

std::span<const Implementation> ExtendedStringImplementations() { return kRows; }

}  // namespace apiserver::cel
