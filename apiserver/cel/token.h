// The kinds of tokens of CEL, sets of them, and the tokenizer.
//
// The order of kinds is the order in which cel-go's messages list expected tokens.
// Source: cel-go parser/gen/CEL.g4. Threads: any, each its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apiserver/cel/source.h"

namespace apiserver::cel {

enum class TokenKind : std::uint8_t {
  kEof,
  kEquals,
  kNotEquals,
  kIn,
  kLess,
  kLessEquals,
  kGreaterEquals,
  kGreater,
  kLogicalAnd,
  kLogicalOr,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kLeftParen,
  kRightParen,
  kDot,
  kComma,
  kMinus,
  kExclamation,
  kQuestion,
  kColon,
  kPlus,
  kStar,
  kSlash,
  kPercent,
  kTrue,
  kFalse,
  kNull,
  kFloat,
  kInt,
  kUint,
  kString,
  kBytes,
  kIdentifier,
  kEscapedIdentifier,
  kEpsilon,  // in sets only: the rule may end here
};

using TokenSet = std::uint64_t;
template <typename... Kinds>
constexpr TokenSet SetOf(Kinds... kinds) {
  return ((TokenSet{1} << static_cast<unsigned>(kinds)) | ... | TokenSet{0});
}
constexpr bool Has(TokenSet set, TokenKind kind) { return (set & SetOf(kind)) != 0; }

// "':'" for one kind, "{'[', IDENTIFIER}" for several.
std::string SetText(TokenSet set);

struct Token {
  TokenKind kind = TokenKind::kEof;
  std::int32_t start = 0;
  std::int32_t end = 0;
};

// Ends with kEof. What is no token is reported and skipped.
struct Tokens {
  std::vector<Token> tokens;
  std::vector<Token> skipped;  // of any kind
};
Tokens Tokenize(const Source& source, Issues& issues);

}  // namespace apiserver::cel
