// Calls: special operators, overloads by kinds, what is worked out at planning.
#include <cmath>

#include "apiserver/cel/library/pattern.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/planner.h"

namespace apiserver::cel {
namespace {

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

}  // namespace

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

}  // namespace apiserver::cel
