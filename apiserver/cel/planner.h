// How a checked tree becomes a plan; internal to the room.
#pragma once

#include <algorithm>
#include <array>

#include "apiserver/cel/evaluation.h"

namespace apiserver::cel {

// Whether a node that names something pays for itself: not as the condition's branch, the base of a
// longer attribute, or a key.
enum class Pay : std::uint8_t { kYes, kNo };

inline bool IsAttributeCall(const CallExpression& call) {
  return call.function == "_[_]" || call.function == "_[?_]" || call.function == "_?._";
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

}  // namespace apiserver::cel
