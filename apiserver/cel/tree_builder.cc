#include "apiserver/cel/tree_builder.h"

namespace apiserver::cel {
namespace {

// Copies the parts of a node, each with `copy`, entries' ids with `new_id`.
template <typename Copier, typename NewId>
struct PartCopier {
  Copier copy;
  NewId new_id;

  Constant operator()(const Constant& node) const { return node; }
  IdentExpression operator()(const IdentExpression& node) const { return node; }
  SelectExpression operator()(SelectExpression node) const {
    node.operand = copy(node.operand);
    return node;
  }
  CallExpression operator()(CallExpression node) const {
    node.target = copy(node.target);
    for (ExpressionPtr& argument : node.arguments) argument = copy(argument);
    return node;
  }
  ListExpression operator()(ListExpression node) const {
    for (ListExpression::Element& element : node.elements) element.value = copy(element.value);
    return node;
  }
  MapExpression operator()(MapExpression node) const {
    for (MapExpression::Entry& entry : node.entries) {
      entry.id = new_id();
      entry.key = copy(entry.key);
      entry.value = copy(entry.value);
    }
    return node;
  }
  StructExpression operator()(StructExpression node) const {
    for (StructExpression::Field& field : node.fields) {
      field.id = new_id();
      field.value = copy(field.value);
    }
    return node;
  }
  ComprehensionExpression operator()(ComprehensionExpression node) const {
    for (ExpressionPtr* part :
         {&node.iter_range, &node.accu_init, &node.loop_condition, &node.loop_step, &node.result}) {
      *part = copy(*part);
    }
    return node;
  }
};

}  // namespace

ExpressionPtr TreeBuilder::Copy(const ExpressionPtr& expression) {
  if (!expression || is_full()) return expression;
  const Place place = NewPlace(expression->position);
  const PartCopier copier{[this](const ExpressionPtr& part) { return Copy(part); },
                          [this] { return ++last_id_; }};
  return std::visit([&](const auto& node) { return New(place, copier(node)); }, expression->node);
}

}  // namespace apiserver::cel
