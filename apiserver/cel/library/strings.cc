// The strings library of cel-go's ext (version 2) and the string functions of the language.
#include <algorithm>

#include "apiserver/cel/code_points.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/lists.h"
#include "apiserver/cel/operators.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

Value TooLarge() { return Value::Error("memory limit exceeded"); }

template <typename Test>
Value TestText(const Value* a, Test test) {
  if (a[0].kind() != Kind::kString) return NoSuchOverload(a[0]);
  if (a[1].kind() != Kind::kString) return NoSuchOverload(a[1]);
  return Value::Bool(test(a[0].as_text(), a[1].as_text()));
}
Value ContainsText(Arena&, const Value* a) {
  return TestText(a, [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}
Value StartsWith(Arena&, const Value* a) {
  return TestText(
      a, [](std::string_view text, std::string_view part) { return text.starts_with(part); });
}
Value EndsWith(Arena&, const Value* a) {
  return TestText(
      a, [](std::string_view text, std::string_view part) { return text.ends_with(part); });
}

Value OutOfRange(Arena& arena, std::int64_t index) {
  return NewError(arena, "index out of range: " + std::to_string(index));
}

std::int64_t Length(std::string_view text) {
  return static_cast<std::int64_t>(CountCodePoints(text));
}

// Code points `start` to `end` of `text`. Requires: in range.
Value Slice(std::string_view text, std::int64_t start, std::int64_t end) {
  const std::size_t from = ByteOfCodePoint(text, static_cast<std::size_t>(start));
  const std::string_view rest = text.substr(from);
  return Value::String(
      rest.substr(0, ByteOfCodePoint(rest, static_cast<std::size_t>(end - start))));
}

Value CharAt(Arena& arena, const Value* a) {
  const std::string_view text = a[0].as_text();
  const std::int64_t index = a[1].as_int();
  const std::int64_t length = Length(text);
  if (index < 0 || index > length) return OutOfRange(arena, index);
  return index == length ? Value::String("") : Slice(text, index, index + 1);
}

// The code point at which byte `at` stands.
Value CodePointIndex(std::string_view text, std::size_t at) {
  if (at == std::string_view::npos) return Value::Int(-1);
  return Value::Int(Length(text.substr(0, at)));
}

Value IndexFrom(Arena& arena, std::string_view text, std::string_view part, std::int64_t offset) {
  if (part.empty()) return Value::Int(offset);
  if (offset < 0) return OutOfRange(arena, offset);
  if (offset >= Length(text)) return Value::Int(-1);
  return CodePointIndex(text,
                        text.find(part, ByteOfCodePoint(text, static_cast<std::size_t>(offset))));
}
Value IndexOf(Arena& arena, const Value* a) {
  return IndexFrom(arena, a[0].as_text(), a[1].as_text(), 0);
}
Value IndexOfFrom(Arena& arena, const Value* a) {
  return IndexFrom(arena, a[0].as_text(), a[1].as_text(), a[2].as_int());
}

Value LastIndexFrom(Arena& arena, std::string_view text, std::string_view part,
                    std::int64_t offset) {
  if (part.empty()) return Value::Int(offset);
  if (offset < 0) return OutOfRange(arena, offset);
  if (offset >= Length(text)) return Value::Int(-1);
  return CodePointIndex(text,
                        text.rfind(part, ByteOfCodePoint(text, static_cast<std::size_t>(offset))));
}
Value LastIndexOf(Arena& arena, const Value* a) {
  const std::string_view text = a[0].as_text();
  const std::string_view part = a[1].as_text();
  if (part.empty()) return Value::Int(Length(text));
  if (text.size() < part.size()) return Value::Int(-1);
  return LastIndexFrom(arena, text, part, Length(text) - 1);
}
Value LastIndexOfFrom(Arena& arena, const Value* a) {
  return LastIndexFrom(arena, a[0].as_text(), a[1].as_text(), a[2].as_int());
}

Value MapAscii(Arena& arena, std::string_view text, char first, char last, int shift) {
  const auto is_changed = [&](char c) { return c >= first && c <= last; };
  if (std::none_of(text.begin(), text.end(), is_changed)) return Value::String(text);
  if (!arena.HasRoom(text.size())) return TooLarge();
  char* out = static_cast<char*>(arena.Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), out,
                 [&](char c) { return is_changed(c) ? static_cast<char>(c + shift) : c; });
  return Value::String({out, text.size()});
}
Value LowerAscii(Arena& arena, const Value* a) {
  return MapAscii(arena, a[0].as_text(), 'A', 'Z', 'a' - 'A');
}
Value UpperAscii(Arena& arena, const Value* a) {
  return MapAscii(arena, a[0].as_text(), 'a', 'z', 'A' - 'a');
}

// Go's strings.Replace: an empty `part` stands before each code point and at the end.
Value ReplaceUpTo(Arena& arena, const Value* a, std::int64_t limit) {
  const std::string_view text = a[0].as_text();
  const std::string_view part = a[1].as_text();
  const std::string_view with = a[2].as_text();
  std::string out;
  std::size_t at = 0;
  for (std::int64_t done = 0; limit < 0 || done < limit; ++done) {
    std::size_t found = part.empty() ? at : text.find(part, at);
    if (part.empty() && done > 0) {
      if (at >= text.size()) break;
      found = at + CodePointAt(text, at).length;
    }
    if (found == std::string_view::npos) break;
    out.append(text.substr(at, found - at)).append(with);
    at = found + part.size();
    if (!arena.HasRoom(out.size())) return TooLarge();
  }
  return NewString(arena, out.append(text.substr(at)));
}
Value Replace(Arena& arena, const Value* a) { return ReplaceUpTo(arena, a, -1); }
Value ReplaceLimited(Arena& arena, const Value* a) { return ReplaceUpTo(arena, a, a[3].as_int()); }

// Go's strings.SplitN: `limit` 0 gives nothing, below it all.
Value SplitUpTo(Arena& arena, std::string_view text, std::string_view separator,
                std::int64_t limit) {
  GrowingList parts;
  while (limit != 0) {
    if (limit == 1) {
      parts.Append(Value::String(text), arena);
      break;
    }
    if (separator.empty()) {
      if (text.empty()) break;
      const std::size_t length = CodePointAt(text, 0).length;
      parts.Append(Value::String(text.substr(0, length)), arena);
      text.remove_prefix(length);
      if (text.empty()) break;
    } else {
      const std::size_t end = text.find(separator);
      parts.Append(Value::String(text.substr(0, end)), arena);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + separator.size());
    }
    if (limit > 0) --limit;
    if (arena.is_full()) return TooLarge();
  }
  return NewList(arena, parts.elements());
}
Value Split(Arena& arena, const Value* a) {
  return SplitUpTo(arena, a[0].as_text(), a[1].as_text(), -1);
}
Value SplitLimited(Arena& arena, const Value* a) {
  return SplitUpTo(arena, a[0].as_text(), a[1].as_text(), a[2].as_int());
}

Value SubstringFrom(Arena& arena, const Value* a) {
  const std::int64_t length = Length(a[0].as_text());
  const std::int64_t start = a[1].as_int();
  if (start < 0 || start > length) return OutOfRange(arena, start);
  return Slice(a[0].as_text(), start, length);
}
Value Substring(Arena& arena, const Value* a) {
  const std::int64_t length = Length(a[0].as_text());
  const std::int64_t start = a[1].as_int();
  const std::int64_t end = a[2].as_int();
  if (start > end) {
    return NewError(arena, "invalid substring range. start: " + std::to_string(start) +
                               ", end: " + std::to_string(end));
  }
  if (start < 0 || start > length) return OutOfRange(arena, start);
  if (end < 0 || end > length) return OutOfRange(arena, end);
  return Slice(a[0].as_text(), start, end);
}

// Unicode's White_Space, as Go's unicode.IsSpace.
bool IsSpace(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}
Value Trim(Arena&, const Value* a) {
  std::string_view text = a[0].as_text();
  while (!text.empty() && IsSpace(CodePointAt(text, 0).value)) {
    text.remove_prefix(CodePointAt(text, 0).length);
  }
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && IsTailByte(text[last])) --last;
    if (!IsSpace(CodePointAt(text, last).value)) break;
    text = text.substr(0, last);
  }
  return Value::String(text);
}

Value JoinWith(Arena& arena, const List& list, std::string_view separator) {
  std::string out;
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, arena);
    if (element.kind() != Kind::kString) {
      return NewError(arena, "join: invalid input: " + PrintValue(element));
    }
    if (i > 0) out += separator;
    out += element.as_text();
    if (!arena.HasRoom(out.size())) return TooLarge();
  }
  return NewString(arena, out);
}
Value Join(Arena& arena, const Value* a) { return JoinWith(arena, a[0].as_list(), ""); }
Value JoinSeparated(Arena& arena, const Value* a) {
  return JoinWith(arena, a[0].as_list(), a[1].as_text());
}

Value Reverse(Arena& arena, const Value* a) {
  const std::string_view text = a[0].as_text();
  std::string out;
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t start = end - 1;
    while (start > 0 && IsTailByte(text[start])) --start;
    out += text.substr(start, end - start);
    end = start;
  }
  return NewString(arena, out);
}

Value EscapeKey(Arena& arena, const Value* a) {
  std::string out;
  for (const char c : a[0].as_text()) {
    if (c == '/')
      out += "~1";
    else if (c == '~')
      out += "~0";
    else
      out += c;
  }
  return NewString(arena, out);
}

constexpr Implementation kRows[] = {
    {"contains", ContainsText},
    {"startsWith", StartsWith},
    {"endsWith", EndsWith},
    {"string_char_at_int", CharAt},
    {"string_index_of_string", IndexOf},
    {"string_index_of_string_int", IndexOfFrom},
    {"string_last_index_of_string", LastIndexOf},
    {"string_last_index_of_string_int", LastIndexOfFrom},
    {"string_lower_ascii", LowerAscii},
    {"string_upper_ascii", UpperAscii},
    {"string_replace_string_string", Replace},
    {"string_replace_string_string_int", ReplaceLimited},
    {"string_split_string", Split},
    {"string_split_string_int", SplitLimited},
    {"string_substring_int", SubstringFrom},
    {"string_substring_int_int", Substring},
    {"string_trim", Trim},
    {"list_join", Join},
    {"list_join_string", JoinSeparated},
    {"string_reverse", Reverse},
    {"string_jsonpatch_escapeKey_string", EscapeKey},
};

}  // namespace

std::span<const Implementation> StringImplementations() { return kRows; }

}  // namespace apiserver::cel
