// The expression tree of CEL: what the parser makes, the checker annotates and programs are planned
// from.
//
// Invariants:
// (1) A tree is immutable once the parser returns it; its depth is bounded (kRecursionDepthMax).
// (2) Ids are unique within a tree, from 1 up, also where a macro copied a part. Entries have ids
// too. (3) Macros are expanded: has() is a select with `is_test_only`, all() and its kin are
// comprehensions. Operators are calls named as in cel-go ("_+_", "_?_:_", "@in", "_[?_]"; see
// operator_names.h). Source: cel-go common/ast. Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace apiserver::cel {

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct BytesConstant {
  std::string bytes;
};
// monostate is null.
using Constant = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                              std::string, BytesConstant>;

// A variable, or the name of a type. A leading dot is kept ("." + name).
struct IdentExpression {
  std::string name;
};

struct SelectExpression {
  ExpressionPtr operand;
  std::string field;
  bool is_test_only = false;  // has(operand.field)
};

struct CallExpression {
  std::string function;
  ExpressionPtr target;  // nullptr: a global call
  std::vector<ExpressionPtr> arguments;
};

struct ListExpression {
  struct Element {
    ExpressionPtr value;
    bool is_optional = false;  // [?value]
  };
  std::vector<Element> elements;
};

struct MapExpression {
  struct Entry {
    std::int64_t id = 0;
    ExpressionPtr key;
    ExpressionPtr value;
    bool is_optional = false;  // {?key: value}
  };
  std::vector<Entry> entries;
};

struct StructExpression {
  struct Field {
    std::int64_t id = 0;
    std::string name;
    ExpressionPtr value;
    bool is_optional = false;    // T{?name: value}
    std::int32_t position = -1;  // of the colon
  };
  std::string type_name;
  std::vector<Field> fields;
};

// fold: accu = accu_init; for each element while loop_condition: accu = loop_step; then result.
// With one variable it is the element of a list or the key of a map; with two they are index and
// element, or key and value.
struct ComprehensionExpression {
  ExpressionPtr iter_range;
  std::string iter_var;
  std::string iter_var2;  // empty: one variable
  std::string accu_var;
  ExpressionPtr accu_init;
  ExpressionPtr loop_condition;
  ExpressionPtr loop_step;
  ExpressionPtr result;
};

struct Expression {
  std::int64_t id = 0;
  std::int32_t position = -1;  // in code points from the start of the text; -1: none
  std::variant<Constant, IdentExpression, SelectExpression, CallExpression, ListExpression,
               MapExpression, StructExpression, ComprehensionExpression>
      node;

  template <typename Node>
  const Node* As() const {
    return std::get_if<Node>(&node);
  }
};

// The name of the accumulator that macros declare.
inline constexpr char kAccumulatorName[] = "@result";

}  // namespace apiserver::cel
