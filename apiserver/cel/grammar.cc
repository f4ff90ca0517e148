#include "apiserver/cel/grammar.h"

#include <algorithm>

#include "apiserver/cel/grammar_sets.h"
#include "apiserver/cel/macros.h"
#include "apiserver/cel/operator_names.h"

namespace apiserver::cel {
namespace {

const char* OperatorName(TokenKind kind) {
  switch (kind) {
    case kLess:
      return "_<_";
    case kLessEquals:
      return "_<=_";
    case kGreater:
      return "_>_";
    case kGreaterEquals:
      return "_>=_";
    case TokenKind::kEquals:
      return "_==_";
    case kNotEquals:
      return "_!=_";
    case kIn:
      return "@in";
    case kPlus:
      return "_+_";
    case kMinus:
      return "_-_";
    case kStar:
      return "_*_";
    case kSlash:
      return "_/_";
    default:
      return "_%_";
  }
}

}  // namespace

Grammar::Grammar(const Source& source, const ParseOptions& options, Issues& issues)
    : source_(source), options_(options), issues_(issues), syntax_(source, issues) {}

Grammar::Rule::Rule(Grammar& grammar, RuleKind kind, TokenSet follow)
    : grammar_(grammar), kind_(kind) {
  grammar_.syntax_.Enter(follow);
  if (++grammar_.depths_[kind_] > kDepthMax) {
    grammar_.syntax_.Abort("expression recursion limit exceeded: " + std::to_string(kDepthMax));
  }
}

Grammar::Rule::~Rule() {
  --grammar_.depths_[kind_];
  grammar_.syntax_.Leave();
}

Parsed Grammar::Start() {
  ExpressionPtr root = Expr(SetOf(kEof));
  if (!syntax_.Match(kEof, kEnd)) syntax_.Recover();
  if (HeightOf(root) > kDepthMax) syntax_.Abort("max recursion depth exceeded");
  if (tree_.is_full()) syntax_.Abort("expression has too many nodes");
  if (!syntax_.aborted()) issues_.Append(meaning_issues_);
  return {std::move(root), tree_.last_id()};
}

ExpressionPtr Grammar::Expr(TokenSet follow) {
  const Rule rule(*this, kExpr, follow);
  ExpressionPtr condition = Logical(kOr, SetOf(kQuestion) | kEnd);
  if (syntax_.Look() != kQuestion) return condition;
  const Place place = tree_.NewPlace(syntax_.Current().start);
  syntax_.Match(kQuestion, kExprFirst);
  ExpressionPtr if_true = Logical(kOr, SetOf(kColon));
  if (!syntax_.Match(kColon, kExprFirst)) {
    syntax_.Recover();
    return tree_.NewConstant(place.position, {});
  }
  ExpressionPtr if_false = Expr(kEnd);
  return CallOrMacro(place, kConditionalName, nullptr, {condition, if_true, if_false});
}

// a || b || c, whose terms are a && b && c, whose terms are relations.
ExpressionPtr Grammar::Logical(RuleKind kind, TokenSet follow) {
  const Rule rule(*this, kind, follow);
  const TokenKind separator = kind == kOr ? TokenKind::kLogicalOr : TokenKind::kLogicalAnd;
  const TokenSet term_follow = SetOf(separator) | kEnd;
  const auto term = [&] {
    return kind == kOr ? Logical(kAnd, term_follow) : Relation(term_follow, false);
  };
  Expressions terms{term()};
  std::vector<Place> places;
  while (syntax_.Look() == separator) {
    places.push_back(tree_.NewPlace(syntax_.Current().start));
    syntax_.Match(separator, kExprFirst);
    terms.push_back(term());
  }
  if (places.empty()) return terms[0];
  return Balanced(kind == kOr ? kLogicalOrName : kLogicalAndName, terms, places, 0,
                  places.size() - 1);
}

// Long chains become balanced trees, as in cel-go: costs and depths depend on it.
ExpressionPtr Grammar::Balanced(const char* function, const Expressions& terms,
                                const std::vector<Place>& places, std::size_t low,
                                std::size_t high) {
  const std::size_t middle = (low + high + 1) / 2;
  ExpressionPtr left =
      middle == low ? terms[middle] : Balanced(function, terms, places, low, middle - 1);
  ExpressionPtr right =
      middle == high ? terms[middle + 1] : Balanced(function, terms, places, middle + 1, high);
  return Nest(tree_.NewCall(places[middle], function, nullptr, {left, right}), {&left, &right}, {},
              false);
}

// The right side of a relation is no relation itself.
ExpressionPtr Grammar::Relation(TokenSet follow, bool is_operand) {
  const Rule rule(*this, kRelation, follow);
  const TokenSet next = kRelationOperators | kEnd;
  ExpressionPtr left = Calc(next, 0);
  while (!is_operand && Has(kRelationOperators, syntax_.Look())) {
    const TokenKind kind = syntax_.Look();
    const Place place = tree_.NewPlace(syntax_.Current().start);
    syntax_.Match(kind, kExprFirst);
    ExpressionPtr right = Relation(next, true);
    left = CallOrMacro(place, OperatorName(kind), nullptr, {left, right});
  }
  return left;
}

// Operators that bind at least as strongly as `precedence`: 1 sums, 2 products.
ExpressionPtr Grammar::Calc(TokenSet follow, int precedence) {
  const Rule rule(*this, kCalc, follow);
  const TokenSet next = kProductOperators | kSumOperators | kEnd;
  ExpressionPtr left = Unary(next);
  for (;;) {
    const TokenKind kind = syntax_.Look();
    const int strength = Has(kProductOperators, kind) ? 2 : Has(kSumOperators, kind) ? 1 : 0;
    if (strength == 0 || strength < precedence) return left;
    const Place place = tree_.NewPlace(syntax_.Current().start);
    syntax_.Match(kind, kExprFirst);
    ExpressionPtr right = Calc(next, strength + 1);
    left = CallOrMacro(place, OperatorName(kind), nullptr, {left, right});
  }
}

ExpressionPtr Grammar::Unary(TokenSet follow) {
  const Rule rule(*this, kUnary, follow);
  if (!syntax_.Sync(kExprFirst)) return LoseRule();
  if (syntax_.Look() == kExclamation) return Prefixed(kExclamation, kLogicalNotName);
  if (syntax_.Look() == kMinus && !Has(SetOf(kInt, kFloat), syntax_.Look(1))) {
    if (!Has(kMemberFirst, syntax_.Look(1))) {
      syntax_.NoAlternative(2);
      return LoseRule();
    }
    return Prefixed(kMinus, kNegateName);
  }
  if (!Has(kMemberFirst, syntax_.Look())) {
    syntax_.NoAlternative(1);
    return LoseRule();
  }
  return Member(kEnd);
}

// !!a, --a: an even number is none.
ExpressionPtr Grammar::Prefixed(TokenKind kind, const char* function) {
  const Place place = tree_.NewPlace(syntax_.Current().start);
  int count = 0;
  do {
    syntax_.Match(kind, kMemberFirst | SetOf(kind));
    ++count;
    syntax_.SyncLoop(kMemberFirst | SetOf(kind));
    if (kind == kMinus && syntax_.Look() == kMinus && !Has(kMemberFirst, syntax_.Look(1))) {
      syntax_.NoAlternative(2);
      return LoseRule();
    }
  } while (syntax_.Look() == kind);
  ExpressionPtr operand = Member(kEnd);
  return count % 2 == 0 ? operand : CallOrMacro(place, function, nullptr, {operand});
}

ExpressionPtr Grammar::CallOrMacro(Place place, std::string function, ExpressionPtr target,
                                   Expressions arguments) {
  const MacroUse use{tree_, place, target, arguments, options_.has_bind};
  ExpressionPtr made;
  if (std::optional<Expansion> expansion = ExpandMacro(function, use)) {
    if (!expansion->expression) {
      return Refuse(expansion->position, std::move(expansion->error));
    }
    made = std::move(expansion->expression);
  } else {
    made = tree_.NewCall(place, std::move(function), target, arguments);
  }
  if (tree_.is_full()) syntax_.Abort("expression has too many nodes");
  return Nest(std::move(made), {&target}, arguments);
}

ExpressionPtr Grammar::LoseRule() {
  syntax_.Recover();
  return Lost();
}

ExpressionPtr Grammar::Refuse(std::int32_t position, std::string message) {
  meaning_issues_.Report(position, std::move(message));
  return tree_.NewConstant(position, {});
}

int Grammar::HeightOf(const ExpressionPtr& expression) const {
  const auto id = static_cast<std::size_t>(expression ? expression->id : 0);
  return id < heights_.size() ? heights_[id] : 0;
}

ExpressionPtr Grammar::Nest(ExpressionPtr made, std::initializer_list<const ExpressionPtr*> parts,
                            const Expressions& more, bool is_operation) {
  int height = 0;
  for (const ExpressionPtr* part : parts) height = std::max(height, HeightOf(*part));
  for (const ExpressionPtr& part : more) height = std::max(height, HeightOf(part));
  const auto id = static_cast<std::size_t>(made->id);
  if (heights_.size() <= id) heights_.resize(id + 1);
  heights_[id] = height + (is_operation ? 1 : 0);
  if (heights_[id] > kDepthMax) syntax_.Abort("max recursion depth exceeded");
  return made;
}

}  // namespace apiserver::cel
