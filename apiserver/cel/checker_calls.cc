// Calls: which function is meant, and which of its overloads.
#include "apiserver/cel/checker_impl.h"
#include "apiserver/cel/operator_names.h"

namespace apiserver::cel {
namespace {

// "(int, string)", for members "string.(int)".
std::string Signature(const std::vector<TypePtr>& types, bool is_member) {
  std::string text = is_member ? FormatType(*types[0]) + ".(" : "(";
  for (std::size_t index = is_member ? 1 : 0; index < types.size(); ++index) {
    if (index > (is_member ? 1u : 0u)) text += ", ";
    text += FormatType(*types[index]);
  }
  return text + ")";
}

void CollectParameters(const Type& type, std::map<std::string, TypePtr, std::less<>>& out) {
  if (type.kind() == TypeKind::kTypeParam) out[type.name()] = nullptr;
  for (const TypePtr& part : type.parameters()) CollectParameters(*part, out);
}

// The overload's types with type parameters that no other call has; the result comes last.
std::vector<TypePtr> Fresh(const Overload& overload, TypeUnifier& unifier) {
  std::map<std::string, TypePtr, std::less<>> parameters;
  for (const TypePtr& argument : overload.arguments) CollectParameters(*argument, parameters);
  CollectParameters(*overload.result, parameters);
  for (auto& [name, type] : parameters) type = unifier.NewVariable();
  std::vector<TypePtr> types;
  for (const TypePtr& argument : overload.arguments) {
    types.push_back(Instantiate(argument, parameters));
  }
  types.push_back(Instantiate(overload.result, parameters));
  return types;
}

}  // namespace

ExpressionPtr Checker::VisitNode(const ExpressionPtr& self, const CallExpression& node) {
  if (node.function == kOptSelectName) return VisitOptionalSelect(self, node);
  CallExpression call = node;
  for (ExpressionPtr& argument : call.arguments) argument = Visit(argument);
  const Function* function = nullptr;
  if (!call.target) {
    function = scope_.FindFunction(call.function);
    if (function) call.function = function->name;
  } else {
    // a.b.c() is a function a.b.c, or c of a.b.
    if (const std::optional<std::string> prefix = QualifiedName(*call.target)) {
      function = scope_.FindFunction(*prefix + "." + call.function);
    }
    if (function) {
      call.function = function->name;
      call.target = nullptr;
    } else {
      call.target = Visit(call.target);
      function = scope_.FindFunction(call.function);
    }
  }
  if (function) {
    ResolveOverload(*self, *function, call.target.get(), call.arguments);
  } else {
    SetType(*self, ErrorType());
    Undeclared(*self, node.function);
  }
  return Rewritten(*self, std::move(call));
}

void Checker::ResolveOverload(const Expression& self, const Function& function,
                              const Expression* target,
                              const std::vector<ExpressionPtr>& arguments) {
  Types types;
  if (target) types.push_back(TypeOf(*target));
  for (const ExpressionPtr& argument : arguments) types.push_back(TypeOf(*argument));
  Reference& reference = checked_->references[static_cast<std::size_t>(self.id)];
  TypePtr result;
  for (const Overload& overload : function.overloads) {
    if (overload.is_member != (target != nullptr)) continue;
    if (function.name == kLogicalAndName || function.name == kLogicalOrName) {
      reference.overloads.push_back(&overload);
      return SetType(self, CheckLogical(arguments, types) ? BoolType() : ErrorType());
    }
    Types fresh = Fresh(overload, unifier_);
    const TypePtr fresh_result = fresh.back();
    fresh.pop_back();
    if (!unifier_.AreAssignable(types, fresh)) continue;
    reference.overloads.push_back(&overload);
    const TypePtr known = unifier_.Substitute(fresh_result, false);
    if (!result) {
      result = known;
    } else if (!result->is_dyn() && !SameType(*known, *result)) {
      result = DynType();
    }
  }
  if (!result) {
    for (TypePtr& type : types) type = unifier_.Substitute(type, true);
    issues_.Report(self.position, "found no matching overload for '" + function.name +
                                      "' applied to '" + Signature(types, target != nullptr) + "'");
    result = ErrorType();
  }
  SetType(self, std::move(result));
}

bool Checker::CheckLogical(const std::vector<ExpressionPtr>& arguments, const Types& types) {
  bool is_sound = true;
  for (std::size_t index = 0; index < types.size(); ++index) {
    if (unifier_.IsAssignable(types[index], BoolType())) continue;
    Mismatch(*arguments[index], *BoolType(), *types[index]);
    is_sound = false;
  }
  return is_sound;
}

// a.?b
ExpressionPtr Checker::VisitOptionalSelect(const ExpressionPtr& self, const CallExpression& node) {
  // Only the parser makes these: an operand and the name of a field.
  const auto* constant = node.arguments[1]->As<Constant>();
  const auto& field = std::get<std::string>(*constant);
  CallExpression call = node;
  call.arguments[0] = Visit(node.arguments[0]);
  const TypePtr type = SelectedType(*self, *call.arguments[0], field, true);
  SetType(*node.arguments[1], StringType());
  SetType(*self, unifier_.Substitute(type, false));
  const Function& function = scope_.function(kOptSelectName);
  checked_->references[static_cast<std::size_t>(self->id)].overloads = {&function.overloads[0]};
  return Rewritten(*self, std::move(call));
}

}  // namespace apiserver::cel
