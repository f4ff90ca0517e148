// Numbers, text, lists, maps and objects.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "apiserver/cel/grammar.h"
#include "apiserver/cel/grammar_sets.h"
#include "apiserver/cel/string_literal.h"

namespace apiserver::cel {
namespace {

template <typename Integer>
bool ParseInteger(std::string text, bool is_negative, Integer& out) {
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.erase(0, 2);
  }
  if (is_negative) text.insert(0, "-");
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

ExpressionPtr Grammar::Literal(TokenSet follow) {
  syntax_.Enter(follow);
  const std::int32_t start = syntax_.Current().start;
  const bool is_negative = syntax_.Look() == kMinus;
  ExpressionPtr made;
  if (is_negative && !Has(SetOf(kInt, kFloat), syntax_.Look(1))) {
    syntax_.NoAlternative(2);
    made = LoseRule();
  } else {
    if (is_negative) syntax_.Match(kMinus, SetOf(kInt, kFloat));
    const Token token = syntax_.Current();
    syntax_.Match(token.kind, kEnd);
    switch (token.kind) {
      case kTrue:
        made = tree_.NewConstant(start, true);
        break;
      case kFalse:
        made = tree_.NewConstant(start, false);
        break;
      case kNull:
        made = tree_.NewConstant(start, std::monostate());
        break;
      case kString:
      case kBytes:
        made = StringOrBytes(token);
        break;
      default:
        made = Number(token, is_negative, start);
    }
  }
  syntax_.Leave();
  return made;
}

ExpressionPtr Grammar::Number(const Token& token, bool is_negative, std::int32_t start) {
  const std::string text = TextOf(token);
  if (token.kind == kInt) {
    std::int64_t value = 0;
    if (!ParseInteger(text, is_negative, value)) return Refuse(start, "invalid int literal");
    return tree_.NewConstant(start, value);
  }
  if (token.kind == kUint) {
    std::uint64_t value = 0;
    if (!ParseInteger(text.substr(0, text.size() - 1), false, value)) {
      return Refuse(start, "invalid uint literal");
    }
    return tree_.NewConstant(start, value);
  }
  const double value = std::strtod(text.c_str(), nullptr);
  if (std::isinf(value)) return Refuse(start, "invalid double literal");
  return tree_.NewConstant(start, is_negative ? -value : value);
}

ExpressionPtr Grammar::StringOrBytes(const Token& token) {
  const bool is_bytes = token.kind == kBytes;
  StringLiteral literal =
      ParseStringLiteral(source_.Slice(token.start + (is_bytes ? 1 : 0), token.end), is_bytes);
  if (literal.error) return Refuse(token.start, literal.error);
  if (is_bytes) return tree_.NewConstant(token.start, BytesConstant{std::move(literal.text)});
  return tree_.NewConstant(token.start, std::move(literal.text));
}

ExpressionPtr Grammar::CreateList() {
  const Place place = tree_.NewPlace(syntax_.Current().start);
  const TokenSet closing = SetOf(kComma, kRightBracket);
  ListExpression list;
  syntax_.Match(kLeftBracket, kOptExprFirst | closing);
  bool is_sound = syntax_.Sync(kOptExprFirst | closing);
  if (is_sound && Has(kOptExprFirst, syntax_.Look())) ListElements(list);
  is_sound = is_sound && syntax_.Sync(closing);
  if (is_sound && syntax_.Look() == kComma) syntax_.Match(kComma, SetOf(kRightBracket));
  is_sound = is_sound && syntax_.Match(kRightBracket, kEnd);
  if (!is_sound) syntax_.Recover();
  Expressions parts;
  for (const ListExpression::Element& element : list.elements) parts.push_back(element.value);
  return Nest(tree_.New(place, std::move(list)), {}, parts, false);
}

void Grammar::ListElements(ListExpression& out) {
  syntax_.Enter(SetOf(kComma, kRightBracket));
  for (;;) {
    syntax_.Enter(SetOf(kComma) | kEnd);
    const bool is_optional = syntax_.Look() == kQuestion;
    if (is_optional) syntax_.Match(kQuestion, kExprFirst);
    out.elements.push_back({Expr(kEnd), is_optional});
    syntax_.Leave();
    // A comma before the end is the list's own.
    if (syntax_.Look() != kComma || !Has(kOptExprFirst, syntax_.Look(1))) break;
    syntax_.Match(kComma, kOptExprFirst);
  }
  syntax_.Leave();
}

ExpressionPtr Grammar::CreateMap() {
  const Place place = tree_.NewPlace(syntax_.Current().start);
  const TokenSet closing = SetOf(kComma, kRightBrace);
  MapExpression map;
  syntax_.Match(kLeftBrace, kOptExprFirst | closing);
  bool is_sound = syntax_.Sync(kOptExprFirst | closing);
  if (is_sound && Has(kOptExprFirst, syntax_.Look()) && !MapEntries(map)) map.entries.clear();
  is_sound = is_sound && syntax_.Sync(closing);
  if (is_sound && syntax_.Look() == kComma) syntax_.Match(kComma, SetOf(kRightBrace));
  is_sound = is_sound && syntax_.Match(kRightBrace, kEnd);
  if (!is_sound) syntax_.Recover();
  Expressions parts;
  for (const MapExpression::Entry& entry : map.entries) {
    parts.push_back(entry.key);
    parts.push_back(entry.value);
  }
  return Nest(tree_.New(place, std::move(map)), {}, parts, false);
}

bool Grammar::MapEntries(MapExpression& out) {
  syntax_.Enter(SetOf(kComma, kRightBrace));
  bool is_sound = true;
  for (;;) {
    const Issues before = meaning_issues_;
    syntax_.Enter(SetOf(kColon));
    const bool is_optional = syntax_.Look() == kQuestion;
    if (is_optional) syntax_.Match(kQuestion, kExprFirst);
    ExpressionPtr key = Expr(kEnd);
    syntax_.Leave();
    const Place place = tree_.NewPlace(syntax_.Current().start);
    is_sound = syntax_.Match(kColon, kExprFirst);
    // Of an entry that is none nothing else is said.
    if (!is_sound) meaning_issues_ = before;
    if (!is_sound) break;
    ExpressionPtr value = Expr(SetOf(kComma) | kEnd);
    out.entries.push_back({place.id, std::move(key), std::move(value), is_optional});
    if (syntax_.Look() != kComma || !Has(kOptExprFirst, syntax_.Look(1))) break;
    syntax_.Match(kComma, kOptExprFirst);
  }
  if (!is_sound) syntax_.Recover();
  syntax_.Leave();
  return is_sound;
}

// Whether a dotted name comes, and then a brace.
bool Grammar::IsStruct() const {
  std::size_t ahead = syntax_.Look() == kDot ? 1 : 0;
  while (syntax_.Look(ahead) == kIdentifier && syntax_.Look(ahead + 1) == kDot) ahead += 2;
  return syntax_.Look(ahead) == kIdentifier && syntax_.Look(ahead + 1) == kLeftBrace;
}

ExpressionPtr Grammar::CreateStruct() {
  const TokenSet closing = SetOf(kComma, kRightBrace);
  StructExpression made;
  while (syntax_.Look() != kLeftBrace) {
    made.type_name += TextOf(syntax_.Current());
    syntax_.Match(syntax_.Look(), SetOf(kDot, kIdentifier, kLeftBrace));
  }
  const Place place = tree_.NewPlace(syntax_.Current().start);
  syntax_.Match(kLeftBrace, kFieldFirst | closing);
  bool is_sound = syntax_.Sync(kFieldFirst | closing);
  if (is_sound && Has(kFieldFirst, syntax_.Look()) && !StructFields(made)) made.fields.clear();
  is_sound = is_sound && syntax_.Sync(closing);
  if (is_sound && syntax_.Look() == kComma) syntax_.Match(kComma, SetOf(kRightBrace));
  is_sound = is_sound && syntax_.Match(kRightBrace, kEnd);
  if (!is_sound) syntax_.Recover();
  Expressions parts;
  for (const StructExpression::Field& field : made.fields) parts.push_back(field.value);
  return Nest(tree_.New(place, std::move(made)), {}, parts, false);
}

bool Grammar::StructFields(StructExpression& out) {
  const std::int32_t start = syntax_.Current().start;
  syntax_.Enter(SetOf(kComma, kRightBrace));
  bool is_sound = true;
  for (;;) {
    const Issues before = meaning_issues_;
    syntax_.Enter(SetOf(kColon));
    const bool is_optional = syntax_.Look() == kQuestion;
    if (is_optional) syntax_.Match(kQuestion, kNameFirst);
    std::string name;
    std::int32_t position = 0;
    const bool is_named = EscapedName(kEnd, name, position);
    syntax_.Leave();
    const Place place = tree_.NewPlace(syntax_.Current().start);
    is_sound = syntax_.Match(kColon, kExprFirst);
    if (!is_sound) meaning_issues_ = before;
    if (!is_sound) break;
    if (!is_named) Refuse(start, kNoName);
    ExpressionPtr value = Expr(SetOf(kComma) | kEnd);
    out.fields.push_back(
        {place.id, std::move(name), std::move(value), is_optional, place.position});
    if (syntax_.Look() != kComma || !Has(kFieldFirst, syntax_.Look(1))) break;
    syntax_.Match(kComma, kFieldFirst);
  }
  if (!is_sound) syntax_.Recover();
  syntax_.Leave();
  return is_sound;
}

}  // namespace apiserver::cel
