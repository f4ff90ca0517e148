// A checked expression as the interpreter runs it: flat nodes, variables as slots, functions as
// pointers.
//
// Invariants:
// (1) Children come before their parent in `nodes`; the root is last.
// (2) Costs are those of cel-go's interpreter: what is one attribute there (`a.b[0].c`) is one node
// here. (3) Immutable; constants live in `arena`. Source: cel-go interpreter/planner.go,
// decorators.go.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/cel/checked.h"
#include "apiserver/cel/cost.h"
#include "apiserver/cel/library/implementation.h"

namespace apiserver::cel {

using NodeIndex = std::uint32_t;

enum class Op : std::uint8_t {
  kConstant,
  kVariable,     // of the caller
  kLocal,        // of a comprehension
  kAttribute,    // a value and its qualifiers
  kConditional,  // c ? a : b
  kAnd,
  kOr,
  kEqual,
  kNotEqual,
  kNotStrictlyFalse,
  kCall,
  kInConstants,      // x in [1, 2, 3]
  kOptionalOr,       // a.or(b)
  kOptionalOrValue,  // a.orValue(b)
  kList,
  kMap,
  kStruct,
  kFold,
  kAppend,  // accumulator + [x], in place
  kInsert,  // cel.@mapInsert(accumulator, ...), in place
};

// One step of an attribute: .name, [key], .?name, has().
struct Qualifier {
  bool is_constant = true;
  bool is_optional = false;
  bool is_presence = false;
  Value key;           // constant
  NodeIndex node = 0;  // computed
};

// One of the overloads that a call may mean.
struct Candidate {
  const Implementation* implementation;
  std::vector<Kind> kinds;                   // of the arguments; kError: any
  std::vector<std::string_view> type_names;  // of opaque arguments
};

struct CallPlan {
  std::string function = {};
  std::vector<Candidate> candidates = {};
  CallCost cost = nullptr;          // nullptr: 1
  bool decides_itself = false;      // one candidate, without a check of kinds
  std::uint32_t first_kinds = ~0u;  // bit per Kind that the first argument may have
};

struct FoldPlan {
  NodeIndex range, init, condition, step, result;
  std::uint32_t iter_slot, iter_slot2, accu_slot;
  bool has_two_variables = false;
  // What an empty list or map as initial value may grow into, in place.
  enum class Growing : std::uint8_t { kNothing, kList, kMap } growing = Growing::kNothing;
};

struct Node {
  Op op = Op::kConstant;
  bool is_charged = false;  // attributes: 1 for the whole
  std::uint32_t index = 0;  // constant, variable, slot, call, fold; or the type name of a struct
  std::uint32_t first = 0;  // of children
  std::uint32_t count = 0;  // of children
  std::uint32_t qualifier = 0;  // attributes: the first of them
  std::uint32_t qualifier_count = 0;
};

struct Plan {
  std::vector<Node> nodes;
  std::vector<NodeIndex> children;
  std::vector<std::uint8_t> optional_children;  // list elements and entries marked with ?
  std::vector<Value> constants;
  std::vector<Qualifier> qualifiers;
  std::vector<CallPlan> calls;
  std::vector<FoldPlan> folds;
  std::vector<std::string> variables;
  std::deque<std::string> names;         // field and type names of structs
  std::vector<std::vector<Value>> sets;  // of kInConstants, sorted
  std::uint32_t slot_count = 0;
  Arena arena;
};

// The error is a call or a literal that cannot work ("int('x')").
struct PlanResult {
  std::unique_ptr<const Plan> plan;
  std::string error;
};
PlanResult MakePlan(const CheckedExpression& expression);

}  // namespace apiserver::cel
