#include "apiserver/cel/plan.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "apiserver/cel/evaluation.h"
#include "apiserver/cel/library/pattern.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

// Whether a node that names something pays for itself: not as the condition's branch, the base of a
// longer attribute, or a key.
enum class Pay : std::uint8_t { kYes, kNo };

constexpr std::array<std::string_view, 10> kConversions = {
    "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"};
constexpr std::array<std::string_view, 3> kPatternFunctions = {"matches", "find", "findAll"};

bool IsOneOf(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Kind KindOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return Kind::kNull;
    case TypeKind::kBool:
      return Kind::kBool;
    case TypeKind::kInt:
      return Kind::kInt;
    case TypeKind::kUint:
      return Kind::kUint;
    case TypeKind::kDouble:
      return Kind::kDouble;
    case TypeKind::kString:
      return Kind::kString;
    case TypeKind::kBytes:
      return Kind::kBytes;
    case TypeKind::kDuration:
      return Kind::kDuration;
    case TypeKind::kTimestamp:
      return Kind::kTimestamp;
    case TypeKind::kList:
      return Kind::kList;
    case TypeKind::kMap:
      return Kind::kMap;
    case TypeKind::kType:
      return Kind::kType;
    case TypeKind::kOpaque:
      return type.is_optional() ? Kind::kOptional : Kind::kOpaque;
    case TypeKind::kObject:
      // Some of Kubernetes' opaque types are declared as objects without fields.
      return type.name().starts_with("kubernetes.") ? Kind::kOpaque : Kind::kMap;
    case TypeKind::kDyn:
    case TypeKind::kAny:
    case TypeKind::kError:
    case TypeKind::kTypeParam:
      return Kind::kError;
  }
  return Kind::kError;
}

class Planner {
 public:
  explicit Planner(const CheckedExpression& checked) : checked_(checked) {}

  PlanResult Run() {
    const NodeIndex root = PlanNode(*checked_.root, Pay::kYes);
    if (!error_.empty()) return {nullptr, error_};
    // The root is last, also where a constant was reused.
    if (root + 1 != plan_->nodes.size()) plan_->nodes.push_back(Node(plan_->nodes[root]));
    return {std::move(plan_), ""};
  }

 private:
  struct Name {
    std::string_view name;
    std::uint32_t slot;
    FoldPlan::Growing growing;
  };

  NodeIndex PlanNode(const Expression& e, Pay pay);
  NodeIndex PlanIdent(const Expression& e, const IdentExpression& ident, Pay pay);
  NodeIndex PlanAttribute(const Expression& e, Pay pay);
  NodeIndex PlanCall(const Expression& e, const CallExpression& call, Pay pay);
  NodeIndex PlanOrdinaryCall(const Expression& e, const CallExpression& call, Node node);
  NodeIndex PlanList(const ListExpression& list);
  NodeIndex PlanMap(const MapExpression& map);
  NodeIndex PlanStruct(const StructExpression& object);
  NodeIndex PlanFold(const ComprehensionExpression& fold);
  std::optional<NodeIndex> PlanGrowth(const CallExpression& call);
  std::optional<NodeIndex> PlanInConstants(const std::vector<NodeIndex>& arguments);

  NodeIndex AddConstant(const Value& value) {
    plan_->constants.push_back(value);
    return Add(
        {.op = Op::kConstant, .index = static_cast<std::uint32_t>(plan_->constants.size() - 1)});
  }
  NodeIndex Add(const Node& node) {
    plan_->nodes.push_back(node);
    return static_cast<NodeIndex>(plan_->nodes.size() - 1);
  }
  // Appends children; their optional marks stand beside them.
  void SetChildren(Node& node, std::span<const NodeIndex> children,
                   std::span<const std::uint8_t> marks = {}) {
    node.first = static_cast<std::uint32_t>(plan_->children.size());
    node.count = static_cast<std::uint32_t>(children.size());
    plan_->children.insert(plan_->children.end(), children.begin(), children.end());
    plan_->optional_children.insert(plan_->optional_children.end(), marks.begin(), marks.end());
    plan_->optional_children.resize(plan_->children.size());
  }
  bool IsConstant(NodeIndex index) const { return plan_->nodes[index].op == Op::kConstant; }
  const Value& ConstantAt(NodeIndex index) const {
    return plan_->constants[plan_->nodes[index].index];
  }
  // Evaluates a node of constants now.
  NodeIndex Folded(NodeIndex index) {
    Interpreter interpreter(*plan_, {}, plan_->arena, UINT64_MAX);
    const Value value = interpreter.Fold(index);
    if (value.is_error()) {
      Refuse(std::string(value.as_text()));
      return index;
    }
    return AddConstant(value);
  }
  void Refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }
  const Reference& ReferenceOf(const Expression& e) const {
    return checked_.references[static_cast<std::size_t>(e.id)];
  }
  const Name* FindName(std::string_view name) const {
    const auto at = std::find_if(scope_.rbegin(), scope_.rend(),
                                 [&](const Name& known) { return known.name == name; });
    return at == scope_.rend() ? nullptr : &*at;
  }

  const CheckedExpression& checked_;
  std::unique_ptr<Plan> plan_ = std::make_unique<Plan>();
  std::vector<Name> scope_;
  std::string error_;
};

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

bool IsAttributeCall(const CallExpression& call) {
  return call.function == "_[_]" || call.function == "_[?_]" || call.function == "_?._";
}

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

NodeIndex Planner::PlanCall(const Expression& e, const CallExpression& call, Pay pay) {
  if (IsAttributeCall(call)) return PlanAttribute(e, pay);
  if (const auto growth = PlanGrowth(call)) return *growth;
  struct Special {
    std::string_view function;
    Op op;
  };
  constexpr std::array<Special, 6> kSpecial = {{{"_&&_", Op::kAnd},
                                                {"_||_", Op::kOr},
                                                {"_?_:_", Op::kConditional},
                                                {"@not_strictly_false", Op::kNotStrictlyFalse},
                                                {"_==_", Op::kEqual},
                                                {"_!=_", Op::kNotEqual}}};
  Node node{.op = Op::kCall};
  for (const Special& special : kSpecial) {
    if (call.function == special.function) node.op = special.op;
  }
  const auto& overloads = ReferenceOf(e).overloads;
  if (overloads.size() == 1 && overloads[0]->id == "optional_or_optional") {
    node.op = Op::kOptionalOr;
  } else if (overloads.size() == 1 && overloads[0]->id == "optional_orValue_value") {
    node.op = Op::kOptionalOrValue;
  }
  return PlanOrdinaryCall(e, call, node);
}

NodeIndex Planner::PlanOrdinaryCall(const Expression& e, const CallExpression& call, Node node) {
  std::vector<NodeIndex> arguments;
  if (call.target != nullptr) arguments.push_back(PlanNode(*call.target, Pay::kYes));
  for (const ExpressionPtr& argument : call.arguments) {
    const bool is_branch = node.op == Op::kConditional && !arguments.empty();
    arguments.push_back(PlanNode(*argument, is_branch ? Pay::kNo : Pay::kYes));
  }
  if (!error_.empty()) return 0;
  const auto& overloads = ReferenceOf(e).overloads;
  if (overloads.size() == 1 && overloads[0]->id == "in_list") {
    if (const auto found = PlanInConstants(arguments)) return *found;
  }
  if (IsOneOf(kPatternFunctions, call.function) && arguments.size() >= 2 &&
      IsConstant(arguments[1]) && ConstantAt(arguments[1]).kind() == Kind::kString) {
    const Value pattern = CompilePattern(ConstantAt(arguments[1]).as_text(), plan_->arena);
    if (pattern.is_error()) Refuse(std::string(pattern.as_text()));
    arguments[1] = AddConstant(pattern);
  }
  SetChildren(node, arguments);
  const bool needs_plan = node.op == Op::kCall || node.op == Op::kEqual || node.op == Op::kNotEqual;
  if (!needs_plan) return Add(node);

  CallPlan plan;
  plan.function = call.function;
  const bool is_equality = node.op != Op::kCall;
  const std::string_view only = overloads.size() == 1 ? overloads[0]->id : std::string_view();
  plan.cost = FindCallCost(call.function, only);
  if (const Implementation* whole = FindImplementation(call.function)) {
    plan.decides_itself = true;
    plan.first_kinds = whole->first_kinds;
    plan.candidates.push_back({whole, {}, {}});
  } else if (!is_equality) {
    for (const Overload* overload : overloads) {
      const Implementation* body = FindImplementation(overload->id);
      if (body == nullptr) {
        Refuse("no implementation of " + overload->id);
        return 0;
      }
      Candidate candidate{body, {}, {}};
      for (const TypePtr& type : overload->arguments) {
        candidate.kinds.push_back(KindOf(*type));
        candidate.type_names.push_back(type->name());
      }
      // A constant pattern is compiled by now.
      if (IsOneOf(kPatternFunctions, call.function)) candidate.kinds[1] = Kind::kError;
      plan.candidates.push_back(std::move(candidate));
    }
  }
  node.index = static_cast<std::uint32_t>(plan_->calls.size());
  plan_->calls.push_back(std::move(plan));
  const NodeIndex made = Add(node);
  const bool folds =
      IsOneOf(kConversions, call.function) && arguments.size() == 1 && IsConstant(arguments[0]);
  return folds ? Folded(made) : made;
}

std::optional<NodeIndex> Planner::PlanInConstants(const std::vector<NodeIndex>& arguments) {
  if (!IsConstant(arguments[1]) || ConstantAt(arguments[1]).kind() != Kind::kList) return {};
  const List& list = ConstantAt(arguments[1]).as_list();
  if (list.size() == 0) return AddConstant(Value::Bool(false));
  constexpr std::uint32_t kPrimitive =
      KindBits({Kind::kBool, Kind::kInt, Kind::kUint, Kind::kDouble, Kind::kString});
  std::vector<Value> set;
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, plan_->arena);
    if ((kPrimitive >> static_cast<int>(element.kind()) & 1) == 0) return {};
    const bool is_nan = element.kind() == Kind::kDouble && std::isnan(element.as_double());
    if (!is_nan) set.push_back(element);
  }
  std::sort(set.begin(), set.end(),
            [](const Value& a, const Value& b) { return OrderScalars(a, b) < 0; });
  Node node{.op = Op::kInConstants, .index = static_cast<std::uint32_t>(plan_->sets.size())};
  plan_->sets.push_back(std::move(set));
  SetChildren(node, {arguments.data(), 1});
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

bool IsEmptyList(const Expression& e) {
  const auto* list = e.As<ListExpression>();
  return list != nullptr && list->elements.empty();
}

bool IsEmptyMap(const Expression& e) {
  const auto* map = e.As<MapExpression>();
  return map != nullptr && map->entries.empty();
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

// accumulator + [x] and cel.@mapInsert(accumulator, ...) of a loop that began with nothing.
std::optional<NodeIndex> Planner::PlanGrowth(const CallExpression& call) {
  const bool is_append = call.function == "_+_" && call.arguments.size() == 2;
  const bool is_insert = call.function == "cel.@mapInsert";
  if ((!is_append && !is_insert) || call.arguments.empty()) return {};
  const auto* ident = call.arguments[0]->As<IdentExpression>();
  const Name* name = ident == nullptr ? nullptr : FindName(ident->name);
  if (name == nullptr) return {};
  const auto wanted = is_append ? FoldPlan::Growing::kList : FoldPlan::Growing::kMap;
  if (name->growing != wanted) return {};
  std::vector<NodeIndex> children = {PlanNode(*call.arguments[0], Pay::kYes)};
  Node node{.op = is_append ? Op::kAppend : Op::kInsert};
  const auto* list = call.arguments[1]->As<ListExpression>();
  if (is_append && list != nullptr && list->elements.size() == 1 &&
      !list->elements[0].is_optional) {
    children.push_back(PlanNode(*list->elements[0].value, Pay::kYes));
    // A list of constants is made at planning and costs nothing.
    node.is_charged = !IsConstant(children.back());
    if (!node.is_charged) children.back() = PlanNode(*call.arguments[1], Pay::kYes);
  } else {
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
      children.push_back(PlanNode(*call.arguments[i], Pay::kYes));
    }
  }
  SetChildren(node, children);
  return Add(node);
}

}  // namespace

PlanResult MakePlan(const CheckedExpression& expression) { return Planner(expression).Run(); }

}  // namespace apiserver::cel
