// Visits the nodes of an expression tree.
#pragma once

#include "apiserver/cel/ast.h"

namespace apiserver::cel {

// Calls `visit` with each part of the node itself, in the order of the text.
template <typename Visit>
void ForEachPart(const Expression& expression, Visit&& visit) {
  struct Parts {
    Visit& visit;
    void operator()(const Constant&) const {}
    void operator()(const IdentExpression&) const {}
    void operator()(const SelectExpression& node) const { visit(*node.operand); }
    void operator()(const CallExpression& node) const {
      if (node.target) visit(*node.target);
      for (const ExpressionPtr& argument : node.arguments) visit(*argument);
    }
    void operator()(const ListExpression& node) const {
      for (const ListExpression::Element& element : node.elements) visit(*element.value);
    }
    void operator()(const MapExpression& node) const {
      for (const MapExpression::Entry& entry : node.entries) {
        visit(*entry.key);
        visit(*entry.value);
      }
    }
    void operator()(const StructExpression& node) const {
      for (const StructExpression::Field& field : node.fields) visit(*field.value);
    }
    void operator()(const ComprehensionExpression& node) const {
      visit(*node.iter_range);
      visit(*node.accu_init);
      visit(*node.loop_condition);
      visit(*node.loop_step);
      visit(*node.result);
    }
  };
  std::visit(Parts{visit}, expression.node);
}

}  // namespace apiserver::cel
