// Expressions for the rest of the API server: compile once, evaluate often.
//
// Invariants:
// (1) A Program is immutable and may be shared. An Evaluator keeps its memory from one evaluation
// to the next; values that it returns live until its next Reset(), and as long as the program does.
// (2) Evaluation always ends: by its cost, at the latest at kCallCostLimit, or by its memory
// (Arena::kBytesMax). Errors are values of kind kError; their text is upstream's.
// Source: cel-go cel/program.go, k8s.io/apiserver pkg/apis/cel/config.go.
// Threads: a Program any, an Evaluator one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/cel/arena.h"
#include "apiserver/cel/compile.h"
#include "apiserver/cel/containers.h"
#include "apiserver/cel/shape.h"
#include "apiserver/cel/value.h"

namespace apiserver::cel {

struct Plan;

// What one evaluation may cost (PerCallLimit), and all rules of one object together
// (RuntimeCELCostBudget).
inline constexpr std::uint64_t kCallCostLimit = 1'000'000;
inline constexpr std::uint64_t kObjectCostBudget = 10'000'000;
inline constexpr std::string_view kBudgetExceeded =
    "validation failed due to running out of cost budget, no further validation rules will be run";

class Program {
 public:
  explicit Program(std::shared_ptr<const CheckedExpression> checked,
                   std::unique_ptr<const Plan> plan);
  ~Program();

  const CheckedExpression& checked() const { return *checked_; }
  TypePtr result_type() const { return checked_->result_type(); }
  const Plan& plan() const { return *plan_; }
  // Variables that the expression reads.
  std::span<const std::string> variables() const;
  bool Reads(std::string_view variable) const;

 private:
  std::shared_ptr<const CheckedExpression> checked_;
  std::unique_ptr<const Plan> plan_;
};

struct CompileOutcome {
  std::shared_ptr<const Program> program;  // nullptr: refused
  // cel-go's text. Of the checker ("ERROR: <input>:1:6: ..."), or, with is_checked, of a literal
  // that cannot be converted, found after checking.
  std::string error;
  bool is_checked = false;
};
CompileOutcome CompileProgram(const Environment& environment, std::string_view text);

struct Binding {
  std::string_view name;
  Value value;
};

struct Outcome {
  Value value;
  std::uint64_t cost = 0;
  bool is_cost_exceeded = false;
};

class Evaluator {
 public:
  // Where bound values may be made (FromJson); emptied by Reset() only.
  Arena& arena() { return arena_; }
  void Reset() { arena_.Reset(); }

  // May be called again from within, by a bound value that is evaluated when it is read.
  // A variable without a binding is the error "no such attribute(s): NAME".
  Outcome Evaluate(const Program& program, std::span<const Binding> bindings,
                   std::uint64_t cost_limit = kCallCostLimit);

 private:
  Arena arena_;
  std::vector<Value> variables_;
};

// `value` as JSON, for messages and patches: durations and timestamps as text, bytes as base64. An
// error when it has no JSON (types, errors, opaque values, keys that are not text).
sim::Result<apiserver::Value> ToJson(const Value& value, const JsonStorage& storage = {});

}  // namespace apiserver::cel
