// The checker's inside: one visit per kind of node. Not for use beside checker*.cc.
#pragma once

#include <string>
#include <vector>

#include "apiserver/cel/check_scope.h"
#include "apiserver/cel/checker.h"
#include "apiserver/cel/type_unifier.h"

namespace apiserver::cel {

class Checker {
 public:
  Checker(const Parsed& parsed, const Environment& environment, Issues& issues);
  std::shared_ptr<const CheckedExpression> Run(const ExpressionPtr& root);

 private:
  using Types = std::vector<TypePtr>;

  // The node, rewritten where a name turned out to be qualified; its type is noted.
  ExpressionPtr Visit(const ExpressionPtr& expression);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const Constant& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const IdentExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const SelectExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const CallExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const ListExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const MapExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const StructExpression& node);
  ExpressionPtr VisitNode(const ExpressionPtr& self, const ComprehensionExpression& node);

  ExpressionPtr VisitOptionalSelect(const ExpressionPtr& self, const CallExpression& node);
  void ResolveOverload(const Expression& self, const Function& function, const Expression* target,
                       const std::vector<ExpressionPtr>& arguments);
  bool CheckLogical(const std::vector<ExpressionPtr>& arguments, const Types& types);
  TypePtr SelectedType(const Expression& self, const Expression& operand, const std::string& field,
                       bool is_optional);
  TypePtr FieldTypeOf(std::int32_t position, const std::string& type_name,
                      const std::string& field);
  TypePtr StructType(const Expression& self, const Meaning& meaning, std::string& type_name);
  void LoopVariables(const ComprehensionExpression& node, const ExpressionPtr& range,
                     TypePtr& first, TypePtr& second);
  TypePtr JoinTypes(const TypePtr& previous, const TypePtr& current);
  TypePtr UnwrapOptional(const Expression& at, const TypePtr& type);

  void SetType(const Expression& self, TypePtr type);
  const TypePtr& TypeOf(const Expression& expression) const {
    return checked_->types[static_cast<std::size_t>(expression.id)];
  }
  void SetName(const Expression& self, const Meaning& meaning);
  template <typename Node>
  static ExpressionPtr Rewritten(const Expression& self, Node node) {
    return std::make_shared<const Expression>(Expression{self.id, self.position, std::move(node)});
  }

  void Undeclared(const Expression& self, const std::string& name);
  void Mismatch(const Expression& at, const Type& expected, const Type& actual);

  CheckScope scope_;
  TypeUnifier unifier_;
  Issues& issues_;
  std::shared_ptr<CheckedExpression> checked_;
};

}  // namespace apiserver::cel
