// Lists, maps, objects and comprehensions.
#include "apiserver/cel/checker_impl.h"

namespace apiserver::cel {

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const ListExpression& node) {
  ListExpression list = node;
  TypePtr element_type;
  for (ListExpression::Element& element : list.elements) {
    element.value = Visit(element.value);
    TypePtr type = TypeOf(*element.value);
    if (element.is_optional) type = UnwrapOptional(*element.value, type);
    element_type = JoinTypes(element_type, type);
  }
  if (!element_type) element_type = unifier_.NewVariable();
  SetType(*self, ListType(element_type));
  return Rewritten(*self, std::move(list));
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const MapExpression& node) {
  MapExpression map = node;
  TypePtr key_type;
  TypePtr value_type;
  for (MapExpression::Entry& entry : map.entries) {
    entry.key = Visit(entry.key);
    key_type = JoinTypes(key_type, TypeOf(*entry.key));
    entry.value = Visit(entry.value);
    TypePtr type = TypeOf(*entry.value);
    if (entry.is_optional) type = UnwrapOptional(*entry.value, type);
    value_type = JoinTypes(value_type, type);
  }
  if (!key_type) {
    key_type = unifier_.NewVariable();
    value_type = unifier_.NewVariable();
  }
  SetType(*self, MapType(key_type, value_type));
  return Rewritten(*self, std::move(map));
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const StructExpression& node) {
  const std::optional<Meaning> meaning = scope_.FindName(node.type_name);
  if (!meaning) {
    SetType(*self, ErrorType());
    Undeclared(*self, node.type_name);
    return self;
  }
  StructExpression made = node;
  made.type_name = meaning->name;
  std::string type_name = meaning->name;
  SetType(*self, StructType(*self, *meaning, type_name));
  for (StructExpression::Field& field : made.fields) {
    field.value = Visit(field.value);
    const TypePtr wanted = FieldTypeOf(field.position, type_name, field.name);
    TypePtr type = TypeOf(*field.value);
    if (field.is_optional) type = UnwrapOptional(*field.value, type);
    if (!unifier_.IsAssignable(wanted, type)) {
      issues_.Report(field.position, "expected type of field '" + field.name + "' is '" +
                                         FormatType(*wanted) + "' but provided type is '" +
                                         FormatType(*type) + "'");
    }
  }
  return Rewritten(*self, std::move(made));
}

TypePtr Checker::StructType(const Expression& self, const Meaning& meaning,
                            std::string& type_name) {
  checked_->references[static_cast<std::size_t>(self.id)].name = meaning.name;
  if (meaning.type->kind() == TypeKind::kError) return ErrorType();
  if (meaning.type->kind() != TypeKind::kType || !meaning.is_type) {
    issues_.Report(self.position, "'" + meaning.type->name() + "' is not a type");
    return ErrorType();
  }
  const TypePtr made = meaning.type->parameters()[0];
  if (made->kind() != TypeKind::kObject) {
    issues_.Report(self.position, "'" + FormatType(*made) + "' is not a message type");
    return ErrorType();
  }
  type_name = made->name();
  return made;
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const ComprehensionExpression& node) {
  ComprehensionExpression fold = node;
  fold.iter_range = Visit(node.iter_range);
  fold.accu_init = Visit(node.accu_init);
  const std::size_t outside = scope_.size();
  const TypePtr accu_type = TypeOf(*fold.accu_init);
  TypePtr first;
  TypePtr second;
  LoopVariables(node, fold.iter_range, first, second);
  scope_.Add(node.accu_var, accu_type);
  const std::size_t loop = scope_.size();
  scope_.Add(node.iter_var, first);
  if (second) scope_.Add(node.iter_var2, second);
  fold.loop_condition = Visit(node.loop_condition);
  if (!unifier_.IsAssignable(BoolType(), TypeOf(*fold.loop_condition))) {
    Mismatch(*fold.loop_condition, *BoolType(), *TypeOf(*fold.loop_condition));
  }
  fold.loop_step = Visit(node.loop_step);
  if (!unifier_.IsAssignable(accu_type, TypeOf(*fold.loop_step))) {
    Mismatch(*fold.loop_step, *accu_type, *TypeOf(*fold.loop_step));
  }
  scope_.ShrinkTo(loop);
  fold.result = Visit(node.result);
  scope_.ShrinkTo(outside);
  SetType(*self, unifier_.Substitute(TypeOf(*fold.result), false));
  return Rewritten(*self, std::move(fold));
}

// The types of the variables over `range`; `second` stays null with one variable.
void Checker::LoopVariables(const ComprehensionExpression& node, const ExpressionPtr& range,
                            TypePtr& first, TypePtr& second) {
  const bool has_second = !node.iter_var2.empty();
  const TypePtr type = unifier_.Substitute(TypeOf(*range), false);
  switch (type->kind()) {
    case TypeKind::kList:
      first = has_second ? IntType() : type->parameters()[0];
      if (has_second) second = type->parameters()[0];
      return;
    case TypeKind::kMap:
      first = type->parameters()[0];
      if (has_second) second = type->parameters()[1];
      return;
    case TypeKind::kDyn:
    case TypeKind::kError:
    case TypeKind::kTypeParam:
      unifier_.IsAssignable(DynType(), type);
      first = DynType();
      break;
    default:
      issues_.Report(range->position,
                     "expression of type '" + FormatType(*type) +
                         "' cannot be range of a comprehension (must be list, map, or dynamic)");
      first = ErrorType();
  }
  if (has_second) second = first;
}

}  // namespace apiserver::cel
