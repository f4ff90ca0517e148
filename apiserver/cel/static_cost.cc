#include "apiserver/cel/static_cost.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <vector>

#include "apiserver/cel/code_points.h"
#include "apiserver/cel/operator_names.h"
#include "apiserver/cel/static_call_cost.h"

namespace apiserver::cel {
namespace {

constexpr CostRange kAccess = CostRange::Exactly(1);  // of a variable or a field
constexpr CostRange kListCost = CostRange::Exactly(10);
constexpr CostRange kMapCost = CostRange::Exactly(30);
constexpr CostRange kStructCost = CostRange::Exactly(40);

using Path = std::vector<std::string>;
using Size = std::optional<CostRange>;

// Of what a list or map holds.
struct EntrySizes {
  bool is_list = false;
  CostRange key;
  CostRange value;
};

struct Local {
  std::string name;
  Path path;
  Size size;
  std::optional<EntrySizes> entries;
};

bool IsScalar(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kDouble:
    case TypeKind::kDuration:
    case TypeKind::kInt:
    case TypeKind::kTimestamp:
    case TypeKind::kUint:
      return true;
    default:
      return type.is_optional() && IsScalar(*type.parameters()[0]);
  }
}

Size LiteralSize(const Expression& node) {
  if (const auto* list = node.As<ListExpression>()) {
    return CostRange::Exactly(list->elements.size());
  }
  if (const auto* map = node.As<MapExpression>()) return CostRange::Exactly(map->entries.size());
  const auto* constant = node.As<Constant>();
  if (!constant) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(constant)) {
    return CostRange::Exactly(CountCodePoints(*text));
  }
  if (const auto* bytes = std::get_if<BytesConstant>(constant)) {
    return CostRange::Exactly(bytes->bytes.size());
  }
  return CostRange::Exactly(1);
}

// let name = value in result: a fold over nothing (see macros.cc).
bool IsLet(const ComprehensionExpression& fold) {
  const auto* range = fold.iter_range->As<ListExpression>();
  const auto* condition = fold.loop_condition->As<Constant>();
  const auto* always = condition ? std::get_if<bool>(condition) : nullptr;
  return range && range->elements.empty() && always && !*always;
}

class Estimator {
 public:
  Estimator(const CheckedExpression& expression, const SizeEstimator& sizes)
      : expression_(expression), sizes_(sizes) {}

  CostRange Cost(const Expression& node) {
    return std::visit([&](const auto& kind) { return CostOf(node, kind); }, node.node);
  }

 private:
  CostRange CostOf(const Expression&, const Constant&) { return {}; }

  CostRange CostOf(const Expression& self, const IdentExpression& node) {
    const Local* local = FindLocal(node.name);
    paths_[self.id] = local ? local->path : Path{node.name};
    return kAccess;
  }

  CostRange CostOf(const Expression& self, const SelectExpression& node) {
    CostRange cost = Cost(*node.operand);
    // has() itself is free, as it always was in Kubernetes.
    if (node.is_test_only) return cost;
    const TypeKind kind = expression_.TypeOf(*node.operand)->kind();
    if (kind == TypeKind::kMap || kind == TypeKind::kObject || kind == TypeKind::kTypeParam) {
      cost = cost.Plus(kAccess);
    }
    paths_[self.id] = Below(*node.operand, node.field);
    return cost;
  }

  CostRange CostOf(const Expression&, const StructExpression& node) {
    CostRange cost = kStructCost;
    for (const auto& field : node.fields) cost = cost.Plus(Cost(*field.value));
    return cost;
  }

  CostRange CostOf(const Expression& self, const ListExpression& node) {
    CostRange cost = kListCost;
    CostRange value = node.elements.empty() ? CostRange{} : CostRange::Nothing();
    for (const auto& element : node.elements) {
      cost = cost.Plus(Cost(*element.value));
      value = value.Union(SizeOrUnknown(*element.value));
    }
    entries_[self.id] = {true, CostRange::Exactly(1), value};
    return cost;
  }

  CostRange CostOf(const Expression& self, const MapExpression& node) {
    CostRange cost = kMapCost;
    CostRange key = node.entries.empty() ? CostRange{} : CostRange::Nothing();
    CostRange value = key;
    for (const auto& entry : node.entries) {
      cost = cost.Plus(Cost(*entry.key)).Plus(Cost(*entry.value));
      key = key.Union(SizeOrUnknown(*entry.key));
      value = value.Union(SizeOrUnknown(*entry.value));
    }
    entries_[self.id] = {false, key, value};
    return cost;
  }

  CostRange CostOf(const Expression& self, const ComprehensionExpression& node) {
    CostRange cost = Cost(*node.iter_range).Plus(Cost(*node.accu_init));
    locals_.push_back({node.accu_var, PathOf(*node.accu_init), SizeOf(*node.accu_init),
                       EntriesOf(*node.accu_init)});
    if (IsLet(node)) {
      cost = cost.Plus(Cost(*node.result));
      CopySizes(self, *node.result);
      locals_.pop_back();
      return cost;
    }
    const std::size_t outside = locals_.size();
    AddLoopVariables(node);
    const CostRange round = Cost(*node.loop_condition).Plus(Cost(*node.loop_step));
    locals_.resize(outside);
    cost = cost.Plus(Cost(*node.result));
    locals_.pop_back();
    const CostRange rounds = SizeOrUnknown(*node.iter_range);
    if (node.accu_init->As<Constant>()) {
      SetSize(self, SizeOf(*node.accu_init));
    } else if (node.accu_init->As<ListExpression>() || node.accu_init->As<MapExpression>()) {
      SetSize(self, rounds);
      if (const auto entries = EntriesOf(*node.loop_step)) entries_[self.id] = *entries;
    }
    return cost.Plus(rounds.Times(round));
  }

  void AddLoopVariables(const ComprehensionExpression& node) {
    const Expression& range = *node.iter_range;
    const std::optional<EntrySizes> entries = EntriesOf(range);
    const bool is_list =
        entries ? entries->is_list : expression_.TypeOf(range)->kind() == TypeKind::kList;
    const Local key{node.iter_var, Below(range, is_list ? "@indices" : "@keys"),
                    entries ? Size(entries->key) : std::nullopt, std::nullopt};
    Local value{node.iter_var2, Below(range, is_list ? "@items" : "@values"),
                entries ? Size(entries->value) : std::nullopt, std::nullopt};
    if (!node.iter_var2.empty()) {
      locals_.push_back(key);
      locals_.push_back(value);
    } else if (is_list) {
      value.name = node.iter_var;
      locals_.push_back(value);
    } else {
      locals_.push_back(key);
    }
  }

  CostRange CostOf(const Expression& self, const CallExpression& node) {
    if (node.function == "dyn") {
      const CostRange cost = Cost(*node.arguments[0]).Plus(CostRange::Exactly(1));
      CopySizes(self, *node.arguments[0]);
      return cost;
    }
    std::vector<CostNode> arguments;
    std::vector<CostRange> costs;
    for (const ExpressionPtr& argument : node.arguments) {
      costs.push_back(Cost(*argument));
      arguments.push_back(NodeOf(*argument));
    }
    CostRange target_cost;
    CostNode target;
    if (node.target) {
      target_cost = Cost(*node.target);
      target = NodeOf(*node.target);
    }
    CostRange cost = CostRange::Nothing();
    Size result;
    for (const Overload* overload : expression_.ReferenceOf(self).overloads) {
      const CostedCall call{node.function, overload->id, node.target ? &target : nullptr, arguments,
                            sizes_};
      const CallCostEstimate estimate = CallCost(self, call, costs);
      cost = cost.Union(estimate.cost);
      if (estimate.result_size) {
        result = result ? result->Union(*estimate.result_size) : *estimate.result_size;
      }
      NoteIndex(self, node, overload->id, result);
      if (!result) result = SizeOf(self);
    }
    SetSize(self, result);
    return target_cost.Plus(cost);
  }

  // a[b] leads further down.
  void NoteIndex(const Expression& self, const CallExpression& node, const std::string& overload,
                 Size& result) {
    if (overload != "index_list" && overload != "index_map") return;
    const Expression& operand = *node.arguments[0];
    const std::optional<EntrySizes> entries = EntriesOf(operand);
    result = entries ? Size(entries->value) : std::nullopt;
    paths_[self.id] = Below(operand, overload == "index_list" ? "@items" : "@values");
  }

  CallCostEstimate CallCost(const Expression& self, const CostedCall& call,
                            const std::vector<CostRange>& costs) {
    CostRange arguments;
    for (const CostRange& cost : costs) arguments = arguments.Plus(cost);
    CallCostEstimate estimate{CostRange::Exactly(1)};
    if (const auto library = EstimateLibraryCall(call)) {
      estimate = *library;
    } else if (call.overload_id == "logical_and" || call.overload_id == "logical_or") {
      return {{costs[0].min, costs[0].Plus(costs[1]).max}};
    } else if (call.overload_id == "conditional") {
      return Conditional(self, call, costs);
    } else {
      estimate = LanguageCall(self, call);
    }
    estimate.cost = estimate.cost.Plus(arguments);
    return estimate;
  }

  CallCostEstimate Conditional(const Expression& self, const CostedCall& call,
                               const std::vector<CostRange>& costs) {
    UniteEntries(self, call.arguments[1], call.arguments[2]);
    return {costs[0].Plus(costs[1].Union(costs[2])),
            call.arguments[1].size.Union(call.arguments[2].size)};
  }

  CallCostEstimate LanguageCall(const Expression& self, const CostedCall& call) {
    const std::string_view id = call.overload_id;
    const auto traverse = [](CostRange size) { return size.Times(kStringTraversalFactor); };
    const std::size_t count = call.arguments.size();
    const auto size = [&](std::size_t index) { return call.arguments[index].size; };
    if (id == "string_format") return {traverse(call.target->size)};
    if (id == "string_to_bytes")
      return {traverse(size(0)), CostRange{size(0).min, size(0).max * 4}};
    if (id == "bytes_to_string")
      return {traverse(size(0)), CostRange{size(0).min / 4, size(0).max}};
    if (id == "strings_quote") {
      return {traverse(size(0)), CostRange{size(0).min + 2, size(0).max * 2 + 2}};
    }
    if (id == "starts_with_string" || id == "ends_with_string") return {traverse(size(0))};
    if (id == "in_list") return {size(1)};
    if (id == "matches_string") {
      const CostRange text = traverse(call.target->size.Plus(CostRange::Exactly(1)));
      return {text.Times(size(0).Times(kRegexLengthFactor))};
    }
    if (id == "contains_string") return {traverse(call.target->size).Times(traverse(size(0)))};
    if (id == "add_string" || id == "add_bytes" || id == "add_list") {
      const CostRange sum = size(0).Plus(size(1));
      UniteEntries(self, call.arguments[0], call.arguments[1]);
      return {id == "add_list" ? CostRange::Exactly(1) : traverse(sum), sum};
    }
    if (count == 2 && ComparesText(id)) {
      const std::uint64_t smaller = std::min(size(0).max, size(1).max);
      return {traverse({smaller > 0 ? std::uint64_t{1} : 0, smaller})};
    }
    return {CostRange::Exactly(1)};
  }

  static bool ComparesText(std::string_view id) {
    constexpr std::array kIds = {"less_string",       "greater_string",        "less_equals_string",
                                 "less_bytes",        "greater_equals_string", "greater_bytes",
                                 "less_equals_bytes", "greater_equals_bytes",  "equals",
                                 "not_equals"};
    return std::find(kIds.begin(), kIds.end(), id) != kIds.end();
  }

  CostNode NodeOf(const Expression& node) {
    Path path = PathOf(node);
    if (!path.empty() && path[0] == kAccumulatorName) path.clear();
    const Size size = SizeOf(node);
    return {&node, expression_.TypeOf(node), std::move(path), size.value_or(CostRange::Unknown()),
            size.has_value()};
  }

  const Local* FindLocal(std::string_view name) const {
    const auto found = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&](const Local& local) { return local.name == name; });
    return found == locals_.rend() ? nullptr : &*found;
  }
  const Local* LocalOf(const Expression& node) const {
    const auto* ident = node.As<IdentExpression>();
    return ident ? FindLocal(ident->name) : nullptr;
  }

  Path PathOf(const Expression& node) const {
    if (const Local* local = LocalOf(node)) return local->path;
    const auto found = paths_.find(node.id);
    return found == paths_.end() ? Path() : found->second;
  }
  Path Below(const Expression& node, std::string part) const {
    Path path = PathOf(node);
    path.push_back(std::move(part));
    return path;
  }

  Size SizeOf(const Expression& node) {
    if (const auto found = computed_.find(node.id); found != computed_.end()) return found->second;
    if (const Size size = LiteralSize(node)) return size;
    if (const Path path = PathOf(node); !path.empty()) {
      if (const Size size = sizes_.SizeOf(path)) return computed_[node.id] = *size;
    }
    if (IsScalar(*expression_.TypeOf(node))) return CostRange::Exactly(1);
    const Local* local = LocalOf(node);
    return local ? local->size : std::nullopt;
  }
  CostRange SizeOrUnknown(const Expression& node) {
    return SizeOf(node).value_or(CostRange::Unknown());
  }
  void SetSize(const Expression& node, const Size& size) {
    if (size) computed_[node.id] = *size;
  }

  std::optional<EntrySizes> EntriesOf(const Expression& node) const {
    if (const auto found = entries_.find(node.id); found != entries_.end()) return found->second;
    const Local* local = LocalOf(node);
    return local ? local->entries : std::nullopt;
  }
  void UniteEntries(const Expression& self, const CostNode& a, const CostNode& b) {
    const auto first = EntriesOf(*a.expression);
    const auto second = EntriesOf(*b.expression);
    if (!first || !second) return;
    entries_[self.id] = {first->is_list, first->key.Union(second->key),
                         first->value.Union(second->value)};
  }
  void CopySizes(const Expression& to, const Expression& from) {
    SetSize(to, SizeOf(from));
    if (const auto entries = EntriesOf(from)) entries_[to.id] = *entries;
  }

  const CheckedExpression& expression_;
  const SizeEstimator& sizes_;
  std::vector<Local> locals_;
  std::map<std::int64_t, Path> paths_;
  std::map<std::int64_t, CostRange> computed_;
  std::map<std::int64_t, EntrySizes> entries_;
};

}  // namespace

CostRange EstimateCost(const CheckedExpression& expression, const SizeEstimator& sizes) {
  return Estimator(expression, sizes).Cost(*expression.root);
}

std::string BudgetExceeded(const std::string& what, std::uint64_t cost, std::uint64_t limit) {
  const double factor = static_cast<double>(cost) / static_cast<double>(limit);
  char text[64] = "more than 100x";
  if (factor <= 100.0) {
    std::snprintf(text, sizeof text, factor < 1.5 ? "%fx" : "%.1fx", factor);
  }
  return what + " exceeds budget by factor of " + text +
         " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where "
         "arrays, maps, and strings are declared)";
}

}  // namespace apiserver::cel
