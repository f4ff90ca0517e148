#include "apiserver/cel/evaluation.h"

#include <algorithm>

#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {

Interpreter::Interpreter(const Plan& plan, std::span<const Value> variables, Arena& arena,
                         std::uint64_t cost_limit)
    : plan_(plan),
      variables_(variables),
      arena_(arena),
      cost_limit_(cost_limit),
      locals_(arena.NewArray<Local>(plan.slot_count)) {}

Value Interpreter::Run() { return Eval(static_cast<NodeIndex>(plan_.nodes.size() - 1)); }

Value Interpreter::Charge(std::uint64_t cost, const Value& value) {
  if (is_cancelled_) return value;
  cost_ += cost;
  if (cost_ > cost_limit_) return Cancel(kCostExceeded);
  if (arena_.is_full()) return Cancel(kMemoryExceeded);
  return value;
}

Value Interpreter::Eval(NodeIndex index) {
  const Node& node = plan_.nodes[index];
  switch (node.op) {
    case Op::kConstant:
      return plan_.constants[node.index];
    case Op::kVariable:
      return node.is_charged ? Charge(1, variables_[node.index]) : variables_[node.index];
    case Op::kLocal:
      return EvalLocal(node);
    case Op::kAttribute:
      return EvalAttribute(node);
    case Op::kConditional: {
      const Value condition = Eval(Child(node, 0));
      if (condition.kind() != Kind::kBool) return NoSuchOverload(condition);
      return Eval(Child(node, condition.as_bool() ? 1 : 2));
    }
    case Op::kAnd:
      return EvalLogic(node, false);
    case Op::kOr:
      return EvalLogic(node, true);
    case Op::kNotStrictlyFalse: {
      const Value value = Eval(Child(node, 0));
      if (is_cancelled_) return value;
      return Charge(1, Value::Bool(!value.is_false()));
    }
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kCall:
      return EvalCall(node);
    case Op::kInConstants:
      return EvalInConstants(node);
    case Op::kOptionalOr:
    case Op::kOptionalOrValue:
      return EvalOptionalOr(node);
    case Op::kList:
      return EvalList(node);
    case Op::kMap:
      return EvalMap(node);
    case Op::kStruct:
      return EvalStruct(node);
    case Op::kFold:
      return EvalFold(node);
    case Op::kAppend:
      return EvalAppend(node);
    case Op::kInsert:
      return EvalInsert(node);
  }
  return {};
}

// The first operand that equals `absorbing` decides, even against an error of the other.
Value Interpreter::EvalLogic(const Node& node, bool absorbing) {
  Value error;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Value value = Eval(Child(node, i));
    if (is_cancelled_) return value;
    if (value.kind() == Kind::kBool) {
      if (value.as_bool() == absorbing) return value;
    } else if (!error.is_error()) {
      error = NoSuchOverload(value);
    }
  }
  return error.is_error() ? error : Value::Bool(!absorbing);
}

Value Interpreter::EvalAttribute(const Node& node) {
  const std::uint64_t own_cost = node.is_charged ? 1 : 0;
  Value value = Eval(Child(node, 0));
  const bool is_presence = plan_.qualifiers[node.qualifier + node.qualifier_count - 1].is_presence;
  bool is_optional = value.kind() == Kind::kOptional;
  if (is_optional) {
    if (value.as_optional() == nullptr) {
      return Charge(own_cost, is_presence ? Value::Bool(false) : value);
    }
    value = *value.as_optional();
  }
  for (std::uint32_t i = 0; i < node.qualifier_count && !value.is_error(); ++i) {
    const Qualifier& qualifier = plan_.qualifiers[node.qualifier + i];
    is_optional = is_optional || qualifier.is_optional;
    const auto next = Qualify(value, qualifier, is_optional);
    if (!next) {
      return Charge(own_cost, is_presence ? Value::Bool(false) : Value::Optional(nullptr));
    }
    value = *next;
  }
  const bool wraps = is_optional && !value.is_error() && !is_presence;
  return Charge(own_cost, wraps ? NewOptional(arena_, value) : value);
}

std::optional<Value> Interpreter::Qualify(const Value& value, const Qualifier& qualifier,
                                          bool is_optional) {
  const Value key = qualifier.is_constant ? qualifier.key : Eval(qualifier.node);
  if (is_cancelled_) return key;
  if (qualifier.is_presence) {
    const auto found = FindIndex(value, key, arena_);
    if (is_optional && !found) return std::nullopt;
    if (found && found->is_error()) return Charge(1, *found);
    return Charge(1, Value::Bool(found.has_value()));
  }
  if (!is_optional) return Charge(1, Index(value, key, arena_));
  const auto found = FindIndex(value, key, arena_);
  if (!found || found->is_error()) return found;
  return Charge(1, *found);
}

Value Interpreter::Dispatch(const CallPlan& call, std::span<const Value> arguments) {
  if (call.decides_itself) {
    const bool fits =
        arguments.empty() || (call.first_kinds >> static_cast<int>(arguments[0].kind()) & 1) != 0;
    if (fits) return call.candidates[0].implementation->run(arena_, arguments.data());
    // Text and times of cel-go are asked whether they know such a method.
    constexpr std::uint32_t kReceivers =
        KindBits({Kind::kString, Kind::kTimestamp, Kind::kDuration});
    if ((kReceivers >> static_cast<int>(arguments[0].kind()) & 1) != 0) return NoSuchOverload();
    return NewError(arena_, "no such overload: " + call.function);
  }
  for (const Candidate& candidate : call.candidates) {
    bool fits = candidate.kinds.size() == arguments.size();
    for (std::size_t i = 0; fits && i < arguments.size(); ++i) {
      if (candidate.kinds[i] == Kind::kError) continue;
      fits = candidate.kinds[i] == arguments[i].kind() &&
             (arguments[i].kind() != Kind::kOpaque ||
              arguments[i].as_opaque().type_name() == candidate.type_names[i]);
    }
    if (fits) return candidate.implementation->run(arena_, arguments.data());
  }
  std::string message = "no such overload: " + call.function + "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) message += ", ";
    message += TypeName(arguments[i]);
  }
  return NewError(arena_, message + ")");
}

Value Interpreter::EvalCall(const Node& node) {
  constexpr std::uint32_t kInlineMax = 4;
  Value few[kInlineMax];
  const std::span<Value> arguments = node.count <= kInlineMax ? std::span<Value>(few, node.count)
                                                              : arena_.NewArray<Value>(node.count);
  Value error;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    arguments[i] = Eval(Child(node, i));
    if (is_cancelled_) return arguments[i];
    if (!arguments[i].is_error() || error.is_error()) continue;
    error = arguments[i];
    // Calls of many arguments stop at the first error, and then cost nothing.
    if (node.count > 2 && i + 1 < node.count) return error;
  }
  const CallPlan& call = plan_.calls[node.index];
  Value result = error;
  if (!error.is_error()) {
    if (node.op == Op::kCall) {
      result = Dispatch(call, arguments);
    } else {
      result = EqualValues(arguments[0], arguments[1], arena_);
      // Values that cannot be compared are not equal.
      if (node.op == Op::kNotEqual) result = Value::Bool(!result.is_true());
    }
  }
  return Charge(call.cost == nullptr ? 1 : call.cost(arguments, result), result);
}

Value Interpreter::EvalInConstants(const Node& node) {
  const Value value = Eval(Child(node, 0));
  if (value.is_error()) return value;
  const std::vector<Value>& set = plan_.sets[node.index];
  const bool found =
      std::binary_search(set.begin(), set.end(), value,
                         [](const Value& a, const Value& b) { return OrderScalars(a, b) < 0; });
  return Value::Bool(found);
}

Value Interpreter::EvalOptionalOr(const Node& node) {
  const Value value = Eval(Child(node, 0));
  if (value.kind() != Kind::kOptional) return value;
  if (value.as_optional() == nullptr) return Eval(Child(node, 1));
  return node.op == Op::kOptionalOr ? value : *value.as_optional();
}

Value Interpreter::EvalList(const Node& node) {
  const auto elements = arena_.NewArray<Value>(node.count);
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    Value value = Eval(Child(node, i));
    if (value.is_error()) return Charge(kListCreateCost, value);
    if (plan_.optional_children[node.first + i] != 0) {
      if (value.kind() != Kind::kOptional) {
        return Charge(
            kListCreateCost,
            NewError(arena_, "cannot initialize optional list element from non-optional value " +
                                 PrintValue(value)));
      }
      if (value.as_optional() == nullptr) continue;
      value = *value.as_optional();
    }
    elements[count++] = value;
  }
  return Charge(kListCreateCost, ViewList(arena_, elements.first(count)));
}

Value Interpreter::EvalMap(const Node& node) {
  auto* map = arena_.New<MapValue>();
  for (std::uint32_t i = 0; i < node.count; i += 2) {
    const Value key = Eval(Child(node, i));
    if (key.is_error()) return Charge(kMapCreateCost, key);
    Value value = Eval(Child(node, i + 1));
    if (value.is_error()) return Charge(kMapCreateCost, value);
    if (plan_.optional_children[node.first + i + 1] != 0) {
      if (value.kind() != Kind::kOptional) {
        return Charge(kMapCreateCost,
                      NewError(arena_, "cannot initialize optional entry '" + PrintValue(key) +
                                           "' from non-optional value " + PrintValue(value)));
      }
      if (value.as_optional() == nullptr) {
        map->Erase(key);
        continue;
      }
      value = *value.as_optional();
    }
    map->Set(key, value);
  }
  return Charge(kMapCreateCost, Value::Of(static_cast<const Map*>(map)));
}

Value Interpreter::EvalStruct(const Node& node) {
  auto* map = arena_.New<MapValue>();
  map->set_type_name(plan_.names[node.index]);
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const std::string& field = plan_.names[node.qualifier + i];
    Value value = Eval(Child(node, i));
    if (value.is_error()) return Charge(kStructCreateCost, value);
    if (plan_.optional_children[node.first + i] != 0) {
      if (value.kind() != Kind::kOptional) {
        return Charge(kStructCreateCost,
                      NewError(arena_, "cannot initialize optional entry '" + field +
                                           "' from non-optional value " + PrintValue(value)));
      }
      if (value.as_optional() == nullptr) continue;
      value = *value.as_optional();
    }
    map->Set(Value::String(field), value);
  }
  return Charge(kStructCreateCost, Value::Of(static_cast<const Map*>(map)));
}

}  // namespace apiserver::cel
