// Names, fields, calls and indexes.
#include <string_view>

#include "apiserver/cel/grammar.h"
#include "apiserver/cel/grammar_sets.h"
#include "apiserver/cel/operator_names.h"

namespace apiserver::cel {
namespace {

bool IsReserved(std::string_view word) {
  for (const std::string_view reserved :
       {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while"}) {
    if (word == reserved) return true;
  }
  return false;
}

}  // namespace

ExpressionPtr Grammar::Member(TokenSet follow) {
  const Rule rule(*this, kMember, follow);
  ExpressionPtr operand = Primary(kMemberFollow);
  for (;;) {
    const TokenKind kind = syntax_.Look();
    const TokenKind next = syntax_.Look(1);
    bool is_sound = true;
    if (kind == kLeftBracket) {
      operand = IndexOf(std::move(operand), is_sound);
    } else if (kind != kDot) {
      return operand;
    } else if (next == kIdentifier && syntax_.Look(2) == kLeftParen) {
      operand = MemberCallOf(std::move(operand), is_sound);
    } else if (Has(kFieldFirst, next)) {
      operand = SelectOf(std::move(operand));
    } else {
      syntax_.NoAlternative(2);
      syntax_.Recover();
      return operand;
    }
    if (is_sound) continue;
    // The rule is lost: what comes next is its caller's.
    syntax_.Recover();
    return operand;
  }
}

ExpressionPtr Grammar::IndexOf(ExpressionPtr operand, bool& is_sound) {
  const Place place = tree_.NewPlace(syntax_.Current().start);
  syntax_.Match(kLeftBracket, kOptExprFirst);
  is_sound = syntax_.Sync(kOptExprFirst);
  if (!is_sound) return Lost();
  const bool is_optional = syntax_.Look() == kQuestion;
  if (is_optional) syntax_.Match(kQuestion, kExprFirst);
  ExpressionPtr index = Expr(SetOf(kRightBracket));
  is_sound = syntax_.Match(kRightBracket, kMemberFollow);
  return CallOrMacro(place, is_optional ? kOptIndexName : kIndexName, nullptr, {operand, index});
}

ExpressionPtr Grammar::SelectOf(ExpressionPtr operand) {
  const Place place = tree_.NewPlace(syntax_.Current().start);
  syntax_.Match(kDot, kFieldFirst);
  const bool is_optional = syntax_.Look() == kQuestion;
  if (is_optional) syntax_.Match(kQuestion, kNameFirst);
  std::string name;
  std::int32_t position = 0;
  const std::int32_t start = syntax_.Current().start;
  if (!EscapedName(kMemberFollow, name, position)) return Refuse(start, kNoName);
  ExpressionPtr made;
  if (is_optional) {
    made = tree_.NewCall(place, kOptSelectName, nullptr,
                         {operand, tree_.NewConstant(position, std::move(name))});
  } else {
    made = tree_.New(place, SelectExpression{operand, std::move(name), false});
  }
  return Nest(std::move(made), {&operand});
}

ExpressionPtr Grammar::MemberCallOf(ExpressionPtr operand, bool& is_sound) {
  syntax_.Match(kDot, SetOf(kIdentifier));
  std::string name = TextOf(syntax_.Current());
  syntax_.Match(kIdentifier, SetOf(kLeftParen));
  const Place place = tree_.NewPlace(syntax_.Current().start);
  Expressions arguments;
  is_sound = Arguments(arguments);
  return CallOrMacro(place, std::move(name), std::move(operand), std::move(arguments));
}

bool Grammar::Arguments(Expressions& out) {
  const TokenSet next = SetOf(kComma) | kEnd;
  syntax_.Match(kLeftParen, kExprFirst | SetOf(kRightParen));
  if (!syntax_.Sync(kExprFirst | SetOf(kRightParen))) return false;
  if (Has(kExprFirst, syntax_.Look())) {
    syntax_.Enter(SetOf(kRightParen));
    out.push_back(Expr(next));
    while (syntax_.Look() == kComma) {
      syntax_.Match(kComma, kExprFirst);
      out.push_back(Expr(next));
    }
    syntax_.Leave();
  }
  return syntax_.Match(kRightParen, kMemberFollow);
}

bool Grammar::EscapedName(TokenSet follow, std::string& out, std::int32_t& position) {
  syntax_.Enter(follow);
  const bool is_there =
      syntax_.Sync(kNameFirst) && (Has(kNameFirst, syntax_.Look()) || syntax_.NoAlternative(1));
  if (is_there) {
    const Token token = syntax_.Current();
    position = token.start;
    const std::int32_t quote = token.kind == kEscapedIdentifier ? 1 : 0;
    out = source_.Slice(token.start + quote, token.end - quote);
    if (quote != 0 && !options_.has_escaped_names) {
      Refuse(token.start, "unsupported syntax: '`'");
    }
    syntax_.Match(token.kind, kEnd);
  } else {
    syntax_.Recover();
  }
  syntax_.Leave();
  return is_there;
}

// a, .a, a(b), .a(b).
ExpressionPtr Grammar::NameOrCall() {
  const std::int32_t start = syntax_.Current().start;
  std::string name;
  if (syntax_.Look() == kDot) {
    name = ".";
    syntax_.Match(kDot, SetOf(kIdentifier));
  }
  const Token word = syntax_.Current();
  const bool is_reserved = IsReserved(TextOf(word));
  name += TextOf(word);
  syntax_.Match(kIdentifier, SetOf(kLeftParen) | kEnd);
  if (syntax_.Look() != kLeftParen) {
    if (is_reserved) return Refuse(start, "reserved identifier: " + TextOf(word));
    return tree_.NewIdent(word.start, std::move(name));
  }
  const Place place = tree_.NewPlace(syntax_.Current().start);
  const Issues before = meaning_issues_;
  Expressions arguments;
  if (!Arguments(arguments)) syntax_.Recover();
  // What is wrong with the arguments of something that cannot be is not said.
  if (is_reserved) meaning_issues_ = before;
  if (is_reserved) return Refuse(start, "reserved identifier: " + TextOf(word));
  return CallOrMacro(place, std::move(name), nullptr, std::move(arguments));
}

ExpressionPtr Grammar::Primary(TokenSet follow) {
  const Rule rule(*this, kPrimary, follow);
  if (!syntax_.Sync(kMemberFirst)) return LoseRule();
  switch (syntax_.Look()) {
    case kLeftParen:
      return Nested();
    case kLeftBracket:
      return CreateList();
    case kLeftBrace:
      return CreateMap();
    case kDot:
      if (syntax_.Look(1) != kIdentifier) {
        syntax_.NoAlternative(2);
        return LoseRule();
      }
      [[fallthrough]];
    case kIdentifier:
      return IsStruct() ? CreateStruct() : NameOrCall();
    default:
      if (Has(kLiteralFirst, syntax_.Look())) return Literal(kEnd);
      syntax_.NoAlternative(1);
      return LoseRule();
  }
}

ExpressionPtr Grammar::Nested() {
  syntax_.Match(kLeftParen, kExprFirst);
  ExpressionPtr inner = Expr(SetOf(kRightParen));
  if (!syntax_.Match(kRightParen, kEnd)) syntax_.Recover();
  return inner;
}

}  // namespace apiserver::cel
