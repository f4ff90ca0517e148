// Runs a plan: the interpreter, its costs and its limits.
//
// Invariants:
// (1) The same plan and variables give the same value and cost.
// (2) At the cost limit, or when the arena is full, evaluation ends at once; no operator absorbs
// that. Source: cel-go interpreter/interpretable.go, attributes.go, runtimecost.go. Threads: one at
// a time.
#pragma once

#include <span>

#include "apiserver/cel/plan.h"

namespace apiserver::cel {

inline constexpr std::string_view kCostExceeded = "operation cancelled: actual cost limit exceeded";
inline constexpr std::string_view kMemoryExceeded = "operation cancelled: memory limit exceeded";

class Interpreter {
 public:
  // Values of `variables` in the order of plan.variables.
  Interpreter(const Plan& plan, std::span<const Value> variables, Arena& arena,
              std::uint64_t cost_limit);

  Value Run();
  // Of a node without variables: the planner folds constants with it.
  Value Fold(NodeIndex index) { return Eval(index); }
  std::uint64_t cost() const { return cost_; }
  bool is_cancelled() const { return is_cancelled_; }

 private:
  struct Local {
    Value value;
    const FoldPlan* pending = nullptr;  // an accumulator nobody has read yet
  };

  Value Eval(NodeIndex index);
  Value EvalLocal(const Node& node);
  Value EvalAttribute(const Node& node);
  // nullopt: an optional step found nothing.
  std::optional<Value> Qualify(const Value& value, const Qualifier& qualifier, bool is_optional);
  Value EvalLogic(const Node& node, bool absorbing);
  Value EvalCall(const Node& node);
  Value Dispatch(const CallPlan& call, std::span<const Value> arguments);
  Value EvalInConstants(const Node& node);
  Value EvalOptionalOr(const Node& node);
  Value EvalList(const Node& node);
  Value EvalMap(const Node& node);
  Value EvalStruct(const Node& node);
  Value EvalFold(const Node& node);
  Value FoldRange(const FoldPlan& fold, const Value& range);
  // Whether to go on.
  bool FoldStep(const FoldPlan& fold);
  Value EvalAppend(const Node& node);
  Value EvalInsert(const Node& node);

  NodeIndex Child(const Node& node, std::uint32_t at) const {
    return plan_.children[node.first + at];
  }
  Value Cancel(std::string_view why) {
    is_cancelled_ = true;
    return Value::Error(why);
  }
  // Adds a cost; the result is `value`, unless that was too much.
  Value Charge(std::uint64_t cost, const Value& value);

  const Plan& plan_;
  std::span<const Value> variables_;
  Arena& arena_;
  std::uint64_t cost_limit_;
  std::uint64_t cost_ = 0;
  bool is_cancelled_ = false;
  std::span<Local> locals_;
};

}  // namespace apiserver::cel
