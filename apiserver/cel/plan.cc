#include "apiserver/cel/plan.h"

#include "apiserver/cel/planner.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

Value ConstantValue(const Constant& constant, Arena& arena) {
  struct Visitor {
    Arena& arena;
    Value operator()(std::monostate) const { return {}; }
    Value operator()(bool value) const { return Value::Bool(value); }
    Value operator()(std::int64_t value) const { return Value::Int(value); }
    Value operator()(std::uint64_t value) const { return Value::Uint(value); }
    Value operator()(double value) const { return Value::Double(value); }
    Value operator()(const std::string& text) const { return NewString(arena, text); }
    Value operator()(const BytesConstant& bytes) const { return NewBytes(arena, bytes.bytes); }
  };
  return std::visit(Visitor{arena}, constant);
}

bool IsQualifier(const Value& key) {
  return key.is_number() || key.kind() == Kind::kString || key.kind() == Kind::kBool;
}

bool IsEmptyList(const Expression& e) {
  const auto* list = e.As<ListExpression>();
  return list != nullptr && list->elements.empty();
}

bool IsEmptyMap(const Expression& e) {
  const auto* map = e.As<MapExpression>();
  return map != nullptr && map->entries.empty();
}

}  // namespace

NodeIndex Planner::PlanNode(const Expression& e, Pay pay) {
  if (const auto* constant = e.As<Constant>()) {
    return AddConstant(ConstantValue(*constant, plan_->arena));
  }
  if (const auto* ident = e.As<IdentExpression>()) return PlanIdent(e, *ident, pay);
  if (e.As<SelectExpression>() != nullptr) return PlanAttribute(e, pay);
  if (const auto* call = e.As<CallExpression>()) return PlanCall(e, *call, pay);
  if (const auto* list = e.As<ListExpression>()) return PlanList(*list);
  if (const auto* map = e.As<MapExpression>()) return PlanMap(*map);
  if (const auto* object = e.As<StructExpression>()) return PlanStruct(*object);
  return PlanFold(*e.As<ComprehensionExpression>());
}

NodeIndex Planner::PlanIdent(const Expression& e, const IdentExpression& ident, Pay pay) {
  const Reference& reference = ReferenceOf(e);
  if (reference.is_type) {
    return AddConstant(Value::Type(plan_->arena.Copy(reference.name)));
  }
  Node node{.op = Op::kLocal, .is_charged = pay == Pay::kYes};
  const std::string& name = reference.name.empty() ? ident.name : reference.name;
  const Name* local = ident.name.starts_with('.') ? nullptr : FindName(ident.name);
  if (local != nullptr) {
    node.index = local->slot;
    return Add(node);
  }
  node.op = Op::kVariable;
  auto& variables = plan_->variables;
  const auto at = std::find(variables.begin(), variables.end(), name);
  node.index = static_cast<std::uint32_t>(at - variables.begin());
  if (at == variables.end()) variables.push_back(name);
  return Add(node);
}

NodeIndex Planner::PlanAttribute(const Expression& e, Pay pay) {
  std::vector<Qualifier> steps;  // the last one first
  const Expression* base = &e;
  for (;;) {
    Qualifier step;
    if (const auto* select = base->As<SelectExpression>()) {
      step.key = NewString(plan_->arena, select->field);
      step.is_presence = select->is_test_only;
      base = select->operand.get();
    } else if (const auto* call = base->As<CallExpression>();
               call != nullptr && IsAttributeCall(*call)) {
      step.is_optional = call->function != "_[_]";
      const NodeIndex key = PlanNode(*call->arguments[1], Pay::kNo);
      step.is_constant = IsConstant(key);
      if (step.is_constant) step.key = ConstantAt(key);
      if (step.is_constant && !IsQualifier(step.key)) {
        Refuse("invalid qualifier type: " + std::string(GoTypeOf(step.key)));
      }
      step.node = key;
      base = call->arguments[0].get();
    } else {
      break;
    }
    steps.push_back(step);
  }
  const bool is_presence = steps.front().is_presence;
  const bool is_named = base->As<IdentExpression>() != nullptr;
  const auto* call = base->As<CallExpression>();
  const bool is_choice = call != nullptr && call->function == "_?_:_";
  const NodeIndex value = PlanNode(*base, is_named ? Pay::kNo : Pay::kYes);
  Node node{.op = Op::kAttribute, .is_charged = pay == Pay::kYes && !is_presence && !is_choice};
  SetChildren(node, {&value, 1});
  node.qualifier = static_cast<std::uint32_t>(plan_->qualifiers.size());
  node.qualifier_count = static_cast<std::uint32_t>(steps.size());
  plan_->qualifiers.insert(plan_->qualifiers.end(), steps.rbegin(), steps.rend());
  return Add(node);
}

NodeIndex Planner::PlanList(const ListExpression& list) {
  std::vector<NodeIndex> children;
  std::vector<std::uint8_t> marks;
  bool is_constant = true;
  for (const ListExpression::Element& element : list.elements) {
    children.push_back(PlanNode(*element.value, Pay::kYes));
    marks.push_back(element.is_optional ? 1 : 0);
    is_constant = is_constant && IsConstant(children.back());
  }
  Node node{.op = Op::kList};
  SetChildren(node, children, marks);
  const NodeIndex made = Add(node);
  return is_constant && error_.empty() ? Folded(made) : made;
}

NodeIndex Planner::PlanMap(const MapExpression& map) {
  std::vector<NodeIndex> children;
  std::vector<std::uint8_t> marks;
  bool is_constant = true;
  for (const MapExpression::Entry& entry : map.entries) {
    for (const ExpressionPtr& part : {entry.key, entry.value}) {
      children.push_back(PlanNode(*part, Pay::kYes));
      is_constant = is_constant && IsConstant(children.back());
    }
    marks.push_back(0);
    marks.push_back(entry.is_optional ? 1 : 0);
  }
  Node node{.op = Op::kMap};
  SetChildren(node, children, marks);
  const NodeIndex made = Add(node);
  return is_constant && error_.empty() ? Folded(made) : made;
}

NodeIndex Planner::PlanStruct(const StructExpression& object) {
  std::vector<NodeIndex> children;
  std::vector<std::uint8_t> marks;
  for (const StructExpression::Field& field : object.fields) {
    children.push_back(PlanNode(*field.value, Pay::kYes));
    marks.push_back(field.is_optional ? 1 : 0);
  }
  Node node{.op = Op::kStruct};
  node.index = static_cast<std::uint32_t>(plan_->names.size());
  plan_->names.push_back(object.type_name);
  node.qualifier = static_cast<std::uint32_t>(plan_->names.size());
  for (const StructExpression::Field& field : object.fields) plan_->names.push_back(field.name);
  SetChildren(node, children, marks);
  return Add(node);
}

NodeIndex Planner::PlanFold(const ComprehensionExpression& fold) {
  FoldPlan plan{};
  plan.init = PlanNode(*fold.accu_init, Pay::kYes);
  plan.range = PlanNode(*fold.iter_range, Pay::kYes);
  plan.has_two_variables = !fold.iter_var2.empty();
  if (IsEmptyList(*fold.accu_init)) plan.growing = FoldPlan::Growing::kList;
  if (IsEmptyMap(*fold.accu_init)) plan.growing = FoldPlan::Growing::kMap;
  plan.iter_slot = plan_->slot_count++;
  plan.iter_slot2 = plan.has_two_variables ? plan_->slot_count++ : plan.iter_slot;
  plan.accu_slot = plan_->slot_count++;
  const std::size_t outer = scope_.size();
  const Name accumulator{fold.accu_var, plan.accu_slot, plan.growing};
  if (plan.has_two_variables) {
    scope_.push_back({fold.iter_var2, plan.iter_slot2, FoldPlan::Growing::kNothing});
  }
  scope_.push_back({fold.iter_var, plan.iter_slot, FoldPlan::Growing::kNothing});
  scope_.push_back(accumulator);
  plan.condition = PlanNode(*fold.loop_condition, Pay::kYes);
  plan.step = PlanNode(*fold.loop_step, Pay::kYes);
  scope_.resize(outer);
  // Whoever reads the finished list must not change it: cel.bind() shows it under the user's name.
  scope_.push_back({fold.accu_var, plan.accu_slot, FoldPlan::Growing::kNothing});
  plan.result = PlanNode(*fold.result, Pay::kYes);
  scope_.resize(outer);
  Node node{.op = Op::kFold, .index = static_cast<std::uint32_t>(plan_->folds.size())};
  plan_->folds.push_back(plan);
  return Add(node);
}

PlanResult MakePlan(const CheckedExpression& expression) { return Planner(expression).Run(); }

}  // namespace apiserver::cel
