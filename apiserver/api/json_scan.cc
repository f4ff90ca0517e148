// Go's words for malformed JSON: scanned only after the fast parser has refused, so it is plain,
// not fast.
#include <array>
#include <cstdio>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

bool IsDigit(unsigned char c) { return c >= '0' && c <= '9'; }
bool IsHex(unsigned char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Go quotes the byte as if it were a rune.
std::string QuotedByte(unsigned char c) {
  switch (c) {
    case '\'':
      return "'\\''";
    case '"':
      return "'\"'";
    case '\\':
      return "'\\\\'";
    case '\a':
      return "'\\a'";
    case '\b':
      return "'\\b'";
    case '\f':
      return "'\\f'";
    case '\n':
      return "'\\n'";
    case '\r':
      return "'\\r'";
    case '\t':
      return "'\\t'";
    case '\v':
      return "'\\v'";
    default:
      break;
  }
  std::array<char, 16> text{};
  if (c < 0x20 || c == 0x7f) {
    std::snprintf(text.data(), text.size(), "'\\x%02x'", c);
    return text.data();
  }
  if (c < 0x80) return std::string("'") + static_cast<char>(c) + "'";
  if (c <= 0xa0 || c == 0xad) {
    std::snprintf(text.data(), text.size(), "'\\u%04x'", c);
    return text.data();
  }
  return std::string("'") + static_cast<char>(0xc0 | (c >> 6)) +
         static_cast<char>(0x80 | (c & 0x3f)) + "'";
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

  std::string Run() {
    // Containers are kept on a stack of our own: malformed text may be deep as well.
    if (!Value()) return error_;
    while (!open_.empty()) {
      if (!AfterValue()) return error_;
    }
    SkipSpace();
    if (at_ < text_.size()) Fail("after top-level value");
    return error_;
  }

 private:
  bool Fail(const std::string& context) {
    error_ = at_ < text_.size() ? "invalid character " + QuotedByte(Peek()) + " " + context
                                : "unexpected end of JSON input";
    return false;
  }
  // Inside of a token Go's reader takes the text's end for a space that stands there.
  bool FailInside(const std::string& context) {
    if (at_ < text_.size()) return Fail(context);
    error_ = "invalid character ' ' " + context;
    return false;
  }
  unsigned char Peek() const { return static_cast<unsigned char>(text_[at_]); }
  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool AtDigit() const { return at_ < text_.size() && IsDigit(Peek()); }
  void SkipSpace() {
    while (at_ < text_.size() && (At(' ') || At('\t') || At('\r') || At('\n'))) ++at_;
  }

  // Reads a scalar, or opens containers until a scalar or an empty container ends the value.
  bool Value() {
    for (;;) {
      SkipSpace();
      if (At('{') || At('[')) {
        const char kind = text_[at_++];
        open_.push_back(kind);
        if (open_.size() > depth_max_) {
          error_ = std::string("invalid character '") + kind + "' exceeded max depth";
          return false;
        }
        SkipSpace();
        if (At(kind == '{' ? '}' : ']')) {
          ++at_;
          open_.pop_back();
          return true;
        }
        if (kind == '{' && !Key()) return false;
        continue;
      }
      return Scalar();
    }
  }

  bool Key() {
    SkipSpace();
    if (!At('"')) return Fail("looking for beginning of object key string");
    if (!String()) return false;
    SkipSpace();
    if (!At(':')) return Fail("after object key");
    ++at_;
    return true;
  }

  bool AfterValue() {
    SkipSpace();
    const bool in_object = open_.back() == '{';
    if (At(in_object ? '}' : ']')) {
      ++at_;
      open_.pop_back();
      return true;
    }
    if (!At(',')) return Fail(in_object ? "after object key:value pair" : "after array element");
    ++at_;
    return (!in_object || Key()) && Value();
  }

  bool Scalar() {
    if (At('"')) return String();
    if (At('-') || AtDigit()) return Number();
    if (At('t')) return Literal("true");
    if (At('f')) return Literal("false");
    if (At('n')) return Literal("null");
    return Fail("looking for beginning of value");
  }

  bool String() {
    for (++at_; at_ < text_.size(); ++at_) {
      const unsigned char c = Peek();
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return Fail("in string literal");
      if (c == '\\' && !Escape()) return false;
    }
    return Fail("");
  }

  // Leaves `at_` on the last character of the escape.
  bool Escape() {
    ++at_;
    constexpr std::string_view kShort = "bfnrt\\/\"";
    if (at_ < text_.size() && kShort.find(text_[at_]) != std::string_view::npos) return true;
    if (!At('u')) return FailInside("in string escape code");
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (at_ >= text_.size() || !IsHex(Peek())) {
        return FailInside("in \\u hexadecimal character escape");
      }
    }
    return true;
  }

  bool Number() {
    if (At('-')) ++at_;
    if (!AtDigit()) return FailInside("in numeric literal");
    if (At('0')) {
      ++at_;
    } else {
      while (AtDigit()) ++at_;
    }
    if (At('.')) {
      ++at_;
      if (!AtDigit()) return FailInside("after decimal point in numeric literal");
      while (AtDigit()) ++at_;
    }
    if (At('e') || At('E')) {
      ++at_;
      if (At('+') || At('-')) ++at_;
      if (!AtDigit()) return FailInside("in exponent of numeric literal");
      while (AtDigit()) ++at_;
    }
    return true;
  }

  bool Literal(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i, ++at_) {
      if (!At(word[i])) {
        return FailInside("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
      }
    }
    return true;
  }

  std::string_view text_;
  std::size_t depth_max_;
  std::size_t at_ = 0;
  std::string open_;
  std::string error_;
};

}  // namespace

std::string JsonSyntaxError(std::string_view text, std::size_t depth_max) {
  return Scanner(text, depth_max).Run();
}

}  // namespace apiserver
