#include "apiserver/cel/checker.h"

#include "apiserver/cel/checker_impl.h"

namespace apiserver::cel {
namespace {

TypePtr ConstantType(const Constant& value) {
  struct Visitor {
    TypePtr operator()(std::monostate) const { return NullType(); }
    TypePtr operator()(bool) const { return BoolType(); }
    TypePtr operator()(std::int64_t) const { return IntType(); }
    TypePtr operator()(std::uint64_t) const { return UintType(); }
    TypePtr operator()(double) const { return DoubleType(); }
    TypePtr operator()(const std::string&) const { return StringType(); }
    TypePtr operator()(const BytesConstant&) const { return BytesType(); }
  };
  return std::visit(Visitor(), value);
}

}  // namespace

std::shared_ptr<const CheckedExpression> Check(const Parsed& parsed, const Environment& environment,
                                               Issues& issues) {
  return Checker(parsed, environment, issues).Run(parsed.root);
}

Checker::Checker(const Parsed& parsed, const Environment& environment, Issues& issues)
    : scope_(environment), issues_(issues), checked_(std::make_shared<CheckedExpression>()) {
  checked_->types.resize(static_cast<std::size_t>(parsed.last_id) + 1);
  checked_->references.resize(checked_->types.size());
}

std::shared_ptr<const CheckedExpression> Checker::Run(const ExpressionPtr& root) {
  checked_->root = Visit(root);
  if (!issues_.empty()) return nullptr;
  for (TypePtr& type : checked_->types) {
    if (type) type = unifier_.Substitute(type, true);
  }
  return checked_;
}

ExpressionPtr Checker::Visit(const ExpressionPtr& expression) {
  return std::visit([&](const auto& node) { return VisitNode(expression, node); },
                    expression->node);
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const Constant& node) {
  SetType(*self, ConstantType(node));
  return self;
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const IdentExpression& node) {
  if (const std::optional<Meaning> meaning = scope_.FindName(node.name)) {
    SetName(*self, *meaning);
    return Rewritten(*self, IdentExpression{meaning->name});
  }
  SetType(*self, ErrorType());
  Undeclared(*self, node.name);
  return self;
}

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const SelectExpression& node) {
  if (const std::optional<std::string> name = QualifiedName(*self)) {
    if (const std::optional<Meaning> meaning = scope_.FindName(*name)) {
      SetName(*self, *meaning);
      return Rewritten(*self, IdentExpression{meaning->name});
    }
  }
  SelectExpression rewritten = node;
  rewritten.operand = Visit(node.operand);
  const TypePtr type = SelectedType(*self, *node.operand, node.field, false);
  SetType(*self, unifier_.Substitute(node.is_test_only ? BoolType() : type, false));
  return Rewritten(*self, std::move(rewritten));
}

// Requires: the operand is visited.
TypePtr Checker::SelectedType(const Expression& self, const Expression& operand,
                              const std::string& field, bool is_optional) {
  const TypePtr operand_type = unifier_.Substitute(TypeOf(operand), false);
  const bool was_optional = operand_type->is_optional();
  const TypePtr& target = was_optional ? operand_type->parameters()[0] : operand_type;
  TypePtr result = DynType();
  if (target->kind() == TypeKind::kMap) {
    result = target->parameters()[1];
  } else if (target->kind() == TypeKind::kObject) {
    result = FieldTypeOf(self.position, target->name(), field);
  } else if (target->kind() == TypeKind::kTypeParam) {
    unifier_.IsAssignable(DynType(), target);
  } else if (!target->is_dyn() && target->kind() != TypeKind::kError) {
    issues_.Report(self.position,
                   "type '" + FormatType(*target) + "' does not support field selection");
  }
  return was_optional || is_optional ? OptionalType(result) : result;
}

TypePtr Checker::FieldTypeOf(std::int32_t position, const std::string& type_name,
                             const std::string& field) {
  if (!scope_.types() || !scope_.types()->HasType(type_name)) {
    issues_.Report(position, "unexpected failed resolution of '" + type_name + "'");
    return ErrorType();
  }
  if (TypePtr type = scope_.types()->FieldType(type_name, field)) return type;
  issues_.Report(position, "undefined field '" + field + "'");
  return ErrorType();
}

TypePtr Checker::JoinTypes(const TypePtr& previous, const TypePtr& current) {
  if (!previous) return current;
  if (unifier_.IsAssignable(previous, current)) return TypeUnifier::MostGeneral(previous, current);
  return DynType();
}

TypePtr Checker::UnwrapOptional(const Expression& at, const TypePtr& type) {
  if (type->is_optional()) return type->parameters()[0];
  if (!type->is_dyn()) Mismatch(at, *OptionalType(type), *type);
  return type;
}

void Checker::SetType(const Expression& self, TypePtr type) {
  if (type->weight() >= Type::kWeightMax) {
    issues_.Report(self.position, "type has too many parts");
    type = ErrorType();
  }
  checked_->types[static_cast<std::size_t>(self.id)] = std::move(type);
}

void Checker::SetName(const Expression& self, const Meaning& meaning) {
  SetType(self, meaning.type);
  Reference& reference = checked_->references[static_cast<std::size_t>(self.id)];
  reference.is_type = meaning.is_type;
  reference.name = meaning.is_type ? meaning.type->parameters()[0]->name() : meaning.name;
}

void Checker::Undeclared(const Expression& self, const std::string& name) {
  issues_.Report(self.position, "undeclared reference to '" + name + "' (in container '" +
                                    scope_.environment().container + "')");
}

void Checker::Mismatch(const Expression& at, const Type& expected, const Type& actual) {
  issues_.Report(at.position, "expected type '" + FormatType(expected) + "' but found '" +
                                  FormatType(actual) + "'");
}

}  // namespace apiserver::cel
