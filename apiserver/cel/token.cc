#include "apiserver/cel/token.h"

#include <array>
#include <string_view>

namespace apiserver::cel {
namespace {

constexpr auto kCount = static_cast<std::size_t>(TokenKind::kEpsilon);
constexpr std::array<std::string_view, kCount> kNames = {
    "<EOF>",   "'=='",     "'!='",   "'in'",    "'<'",        "'<='",
    "'>='",    "'>'",      "'&&'",   "'||'",    "'['",        "']'",
    "'{'",     "'}'",      "'('",    "')'",     "'.'",        "','",
    "'-'",     "'!'",      "'?'",    "':'",     "'+'",        "'*'",
    "'/'",     "'%'",      "'true'", "'false'", "'null'",     "NUM_FLOAT",
    "NUM_INT", "NUM_UINT", "STRING", "BYTES",   "IDENTIFIER", "ESC_IDENTIFIER",
};

bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool IsHexDigit(char32_t c) {
  return IsDigit(c) || (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F');
}
bool IsLetter(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }
bool IsOneOf(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

// One token at a time: the longest that matches, as the generated lexer of cel-go does.
class Tokenizer {
 public:
  Tokenizer(const Source& source, Issues& issues) : source_(source), issues_(issues) {}

  Tokens Run() {
    Tokens out;
    std::vector<Token>& tokens = out.tokens;
    while (SkipSpace()) {
      start_ = at_;
      if (const TokenKind kind = Next(); kind != TokenKind::kEof) {
        tokens.push_back({kind, start_, at_});
      }
    }
    tokens.push_back({TokenKind::kEof, source_.size(), source_.size()});
    out.skipped = std::move(skipped_);
    return out;
  }

 private:
  char32_t Peek(std::int32_t ahead = 0) const { return source_.at(at_ + ahead); }
  bool Take(char32_t wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  TokenKind Accept(std::int32_t length, TokenKind kind) {
    at_ += length;
    return kind;
  }

  // False at the end of the text.
  bool SkipSpace() {
    for (;; ++at_) {
      if (Peek() == U'/' && Peek(1) == U'/') {
        while (Peek() != U'\n' && Peek() != Source::kEnd) ++at_;
      }
      if (Peek() == Source::kEnd) return false;
      if (!IsOneOf(Peek(), U"\t \r\n\f")) return true;
    }
  }

  // Reports the text from the start to the code point at `failed`, and goes on behind it.
  TokenKind Fail(std::int32_t failed) {
    const std::int32_t end = std::min(failed + 1, source_.size());
    issues_.Report(
        start_, "Syntax error: token recognition error at: '" + source_.Slice(start_, end) + "'");
    skipped_.push_back({TokenKind::kEof, start_, end});
    at_ = end;
    return TokenKind::kEof;
  }

  TokenKind Next() {
    const char32_t c = Peek();
    if (IsLetter(c) || c == U'_') return Word();
    if (IsDigit(c) || (c == U'.' && IsDigit(Peek(1)))) return Number();
    if (c == U'"' || c == U'\'') {
      std::int32_t failed = 0;
      const std::int32_t end = StringEnd(at_, failed);
      return end < 0 ? Fail(failed) : Accept(end - at_, TokenKind::kString);
    }
    if (c == U'`') return EscapedIdentifier();
    return Symbol(c);
  }

  TokenKind Symbol(char32_t c) {
    const bool equals = Peek(1) == U'=';
    switch (c) {
      case U'=':
        return equals ? Accept(2, TokenKind::kEquals) : Fail(at_ + 1);
      case U'!':
        return equals ? Accept(2, TokenKind::kNotEquals) : Accept(1, TokenKind::kExclamation);
      case U'<':
        return equals ? Accept(2, TokenKind::kLessEquals) : Accept(1, TokenKind::kLess);
      case U'>':
        return equals ? Accept(2, TokenKind::kGreaterEquals) : Accept(1, TokenKind::kGreater);
      case U'&':
        return Peek(1) == U'&' ? Accept(2, TokenKind::kLogicalAnd) : Fail(at_ + 1);
      case U'|':
        return Peek(1) == U'|' ? Accept(2, TokenKind::kLogicalOr) : Fail(at_ + 1);
      default:
        break;
    }
    constexpr std::u32string_view kSymbols = U"[]{}().,-";
    constexpr std::u32string_view kMoreSymbols = U"?:+*/%";
    if (const auto index = kSymbols.find(c); index != std::u32string_view::npos) {
      return Accept(
          1, static_cast<TokenKind>(static_cast<std::size_t>(TokenKind::kLeftBracket) + index));
    }
    if (const auto index = kMoreSymbols.find(c); index != std::u32string_view::npos) {
      return Accept(1,
                    static_cast<TokenKind>(static_cast<std::size_t>(TokenKind::kQuestion) + index));
    }
    return Fail(at_);
  }

  TokenKind Word() {
    std::int32_t failed = 0;
    std::int32_t quote = at_;
    const bool is_bytes = IsOneOf(Peek(), U"bB");
    if (is_bytes) ++quote;
    const bool is_raw = IsOneOf(source_.at(quote), U"rR");
    if ((is_bytes || is_raw) && IsOneOf(source_.at(quote + (is_raw ? 1 : 0)), U"\"'")) {
      const std::int32_t end = StringEnd(quote, failed);
      if (end >= 0) {
        return Accept(end - at_, is_bytes ? TokenKind::kBytes : TokenKind::kString);
      }
    }
    while (IsLetter(Peek()) || IsDigit(Peek()) || Peek() == U'_') ++at_;
    const std::string word = source_.Slice(start_, at_);
    if (word == "in") return TokenKind::kIn;
    if (word == "true") return TokenKind::kTrue;
    if (word == "false") return TokenKind::kFalse;
    if (word == "null") return TokenKind::kNull;
    return TokenKind::kIdentifier;
  }

  void TakeDigits() {
    while (IsDigit(Peek())) ++at_;
  }
  bool TakeExponent() {
    if (!IsOneOf(Peek(), U"eE")) return false;
    const std::int32_t sign = IsOneOf(Peek(1), U"+-") ? 1 : 0;
    if (!IsDigit(Peek(1 + sign))) return false;
    at_ += 1 + sign;
    TakeDigits();
    return true;
  }

  TokenKind Number() {
    if (Peek() == U'0' && Peek(1) == U'x' && IsHexDigit(Peek(2))) {
      at_ += 2;
      while (IsHexDigit(Peek())) ++at_;
    } else {
      TakeDigits();
      if (Peek() == U'.' && IsDigit(Peek(1))) {
        ++at_;
        TakeDigits();
        TakeExponent();
        return TokenKind::kFloat;
      }
      if (TakeExponent()) return TokenKind::kFloat;
    }
    return Take(U'u') || Take(U'U') ? TokenKind::kUint : TokenKind::kInt;
  }

  TokenKind EscapedIdentifier() {
    std::int32_t end = at_ + 1;
    const auto is_part = [this](std::int32_t at) {
      const char32_t c = source_.at(at);
      return IsLetter(c) || IsDigit(c) || IsOneOf(c, U"_.-/ ");
    };
    while (is_part(end)) ++end;
    if (source_.at(end) != U'`' || end == at_ + 1) return Fail(end);
    return Accept(end + 1 - at_, TokenKind::kEscapedIdentifier);
  }

  // The end of the string that starts at `at` (r"..", "..", """.."""); -1 if it is none, with the
  // offset at which that became clear.
  std::int32_t StringEnd(std::int32_t at, std::int32_t& failed) const {
    const bool is_raw = IsOneOf(source_.at(at), U"rR");
    if (is_raw) ++at;
    const char32_t quote = source_.at(at);
    if (source_.at(at + 1) == quote && source_.at(at + 2) == quote) {
      const std::int32_t end = BodyEnd(at + 3, quote, 3, is_raw, failed);
      if (end >= 0) return end;
    }
    return BodyEnd(at + 1, quote, 1, is_raw, failed);
  }

  std::int32_t BodyEnd(std::int32_t at, char32_t quote, int quotes, bool is_raw,
                       std::int32_t& failed) const {
    for (;;) {
      const char32_t c = source_.at(at);
      if (c == quote &&
          (quotes == 1 || (source_.at(at + 1) == quote && source_.at(at + 2) == quote))) {
        return at + quotes;
      }
      const bool is_escape = c == U'\\' && !is_raw;
      const std::int32_t length = is_escape ? EscapeLength(at, failed) : 1;
      if (c == Source::kEnd || (quotes == 1 && IsOneOf(c, U"\n\r"))) {
        failed = at;
        return -1;
      }
      if (length < 0) return -1;
      at += length;
    }
  }

  std::int32_t EscapeLength(std::int32_t at, std::int32_t& failed) const {
    const char32_t kind = source_.at(at + 1);
    const auto digits = [&](std::int32_t from, std::int32_t count, auto&& is_digit) {
      for (std::int32_t index = 0; index < count; ++index) {
        if (is_digit(source_.at(at + from + index))) continue;
        failed = at + from + index;
        return -1;
      }
      return from + count;
    };
    if (IsOneOf(kind, U"abfnrtv\"'\\?`")) return 2;
    if (kind == U'x' || kind == U'X') return digits(2, 2, IsHexDigit);
    if (kind == U'u') return digits(2, 4, IsHexDigit);
    if (kind == U'U') return digits(2, 8, IsHexDigit);
    if (kind >= U'0' && kind <= U'3') {
      return digits(2, 2, [](char32_t c) { return c >= U'0' && c <= U'7'; });
    }
    failed = at + 1;
    return -1;
  }

  const Source& source_;
  Issues& issues_;
  std::vector<Token> skipped_;
  std::int32_t start_ = 0;
  std::int32_t at_ = 0;
};

}  // namespace

std::string SetText(TokenSet set) {
  std::string text;
  int count = 0;
  for (std::size_t index = 0; index < kCount; ++index) {
    if (!Has(set, static_cast<TokenKind>(index))) continue;
    if (count++ > 0) text += ", ";
    text += kNames[index];
  }
  return count == 1 ? text : "{" + text + "}";
}

Tokens Tokenize(const Source& source, Issues& issues) { return Tokenizer(source, issues).Run(); }

}  // namespace apiserver::cel
