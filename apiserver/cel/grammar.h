// The grammar of CEL as functions, one per rule, that make the tree as they go.
//
// Not for use beside parser.cc. Each rule gets what may follow it within its caller. A rule that is
// lost recovers and answers what it has, or Lost(): a node without meaning, of which nobody sees
// more than that there was an error.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "apiserver/cel/parser.h"
#include "apiserver/cel/syntax_errors.h"
#include "apiserver/cel/tree_builder.h"

namespace apiserver::cel {

class Grammar {
 public:
  Grammar(const Source& source, const ParseOptions& options, Issues& issues);
  Parsed Start();

 private:
  enum RuleKind { kExpr, kOr, kAnd, kRelation, kCalc, kUnary, kMember, kPrimary, kRuleCount };
  // A rule from entry to end, with cel-go's count of nested uses.
  class Rule {
   public:
    Rule(Grammar& grammar, RuleKind kind, TokenSet follow);
    ~Rule();

   private:
    Grammar& grammar_;
    RuleKind kind_;
  };
  static constexpr char kNoName[] = "unsupported ident kind";
  using Place = TreeBuilder::Place;
  using Expressions = std::vector<ExpressionPtr>;

  ExpressionPtr Expr(TokenSet follow);
  ExpressionPtr Logical(RuleKind kind, TokenSet follow);
  ExpressionPtr Relation(TokenSet follow, bool is_operand);
  ExpressionPtr Calc(TokenSet follow, int precedence);
  ExpressionPtr Unary(TokenSet follow);
  ExpressionPtr Prefixed(TokenKind kind, const char* function);
  ExpressionPtr Member(TokenSet follow);
  // `is_sound` is set to false if the caller, Member, is lost with it.
  ExpressionPtr IndexOf(ExpressionPtr operand, bool& is_sound);
  ExpressionPtr SelectOf(ExpressionPtr operand);
  ExpressionPtr MemberCallOf(ExpressionPtr operand, bool& is_sound);
  ExpressionPtr Primary(TokenSet follow);
  ExpressionPtr NameOrCall();
  ExpressionPtr Nested();
  ExpressionPtr CreateList();
  ExpressionPtr CreateMap();
  ExpressionPtr CreateStruct();
  bool IsStruct() const;
  ExpressionPtr Literal(TokenSet follow);
  ExpressionPtr Number(const Token& token, bool is_negative, std::int32_t start);
  ExpressionPtr StringOrBytes(const Token& token);
  // Arguments up to and with the closing parenthesis.
  bool Arguments(Expressions& out);
  void ListElements(ListExpression& out);
  bool MapEntries(MapExpression& out);
  bool StructFields(StructExpression& out);
  bool EscapedName(TokenSet follow, std::string& out, std::int32_t& position);

  ExpressionPtr Balanced(const char* function, const Expressions& terms,
                         const std::vector<Place>& places, std::size_t low, std::size_t high);
  ExpressionPtr CallOrMacro(Place place, std::string function, ExpressionPtr target,
                            Expressions arguments);
  ExpressionPtr Lost() { return tree_.NewConstant(kNoPosition, {}); }
  ExpressionPtr LoseRule();
  ExpressionPtr Refuse(std::int32_t position, std::string message);
  std::string TextOf(const Token& token) const { return source_.Slice(token.start, token.end); }
  // Remembers how deeply operations nest; too deep ends parsing.
  ExpressionPtr Nest(ExpressionPtr made, std::initializer_list<const ExpressionPtr*> parts,
                     const Expressions& more = {}, bool is_operation = true);
  int HeightOf(const ExpressionPtr& expression) const;

  const Source& source_;
  const ParseOptions& options_;
  Issues& issues_;
  Issues meaning_issues_;  // of what was read: dropped when parsing is aborted
  TreeBuilder tree_;
  SyntaxErrors syntax_;
  std::array<int, kRuleCount> depths_{};
  std::vector<int> heights_;  // by node id
};

}  // namespace apiserver::cel
