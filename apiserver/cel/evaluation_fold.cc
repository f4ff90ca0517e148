// Comprehensions: the loop behind all(), map(), cel.bind() and their kin.
#include "apiserver/cel/evaluation.h"
#include "apiserver/cel/lists.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
Value Interpreter::EvalLocal(const Node& node) {
  Local& local = locals_[node.index];
  if (local.pending != nullptr) {
    const FoldPlan& fold = *local.pending;
    local.pending = nullptr;
    Value value = Eval(fold.init);
    if (fold.growing == FoldPlan::Growing::kList) {
      value = Value::Of(static_cast<const List*>(arena_.New<GrowingList>()));
    } else if (fold.growing == FoldPlan::Growing::kMap) {
      value = Value::Of(static_cast<const Map*>(arena_.New<MapValue>()));
    }
    locals_[node.index].value = value;
  }
  const Value value = locals_[node.index].value;
  return node.is_charged ? Charge(1, value) : value;
}

Value Interpreter::EvalFold(const Node& node) {
  const FoldPlan& fold = plan_.folds[node.index];
  const Value range = Eval(fold.range);
  if (range.is_error()) return range;
  locals_[fold.accu_slot] = {{}, &fold};
  const Value error = FoldRange(fold, range);
  if (error.is_error()) return error;
  return Eval(fold.result);
}

Value Interpreter::FoldRange(const FoldPlan& fold, const Value& range) {
  const bool both = fold.has_two_variables;
  if (range.kind() == Kind::kList) {
    const List& list = range.as_list();
    for (std::int64_t i = 0; i < list.size(); ++i) {
      const Value element = list.At(i, arena_);
      locals_[fold.iter_slot].value = both ? Value::Int(i) : element;
      if (both) locals_[fold.iter_slot2].value = element;
      if (!FoldStep(fold)) break;
    }
  } else if (range.kind() == Kind::kMap) {
    const Map& map = range.as_map();
    const std::int64_t count = map.entry_count();
    for (std::int64_t i = 0; i < count; ++i) {
      locals_[fold.iter_slot].value = map.KeyAt(i, arena_);
      if (both) locals_[fold.iter_slot2].value = map.ValueAt(i, arena_);
      if (!FoldStep(fold)) break;
    }
  } else if (both) {
    return NewError(arena_,
                    "unsupported comprehension range type: " + std::string(GoTypeOf(range)));
  } else {
    return NewError(arena_, "got '" + std::string(GoTypeOf(range)) + "', expected iterable type");
  }
  return is_cancelled_ ? Cancel(cost_ > cost_limit_ ? kCostExceeded : kMemoryExceeded) : Value();
}

bool Interpreter::FoldStep(const FoldPlan& fold) {
  const Value condition = Eval(fold.condition);
  if (is_cancelled_ || condition.is_false()) return false;
  const Value next = Eval(fold.step);
  if (is_cancelled_) return false;
  locals_[fold.accu_slot] = {next, nullptr};
  // A full arena ends loops that cost nothing.
  if (arena_.is_full()) Cancel(kMemoryExceeded);
  return !is_cancelled_;
}

Value Interpreter::EvalAppend(const Node& node) {
  const Value accumulator = Eval(Child(node, 0));
  const Value added = Eval(Child(node, 1));
  if (is_cancelled_) return added;
  // `is_charged`: the child is the element of a list of one, which is never made.
  const std::uint64_t cost = 1 + (node.is_charged ? kListCreateCost : 0);
  if (accumulator.is_error()) return Charge(cost, accumulator);
  if (added.is_error()) return Charge(cost, added);
  if (accumulator.kind() != Kind::kList) return Charge(cost, NoSuchOverload());
  // Planned only where the accumulator is a growing list (Growing::kList).
  auto& list = const_cast<GrowingList&>(static_cast<const GrowingList&>(accumulator.as_list()));
  if (!arena_.HasRoom(list.elements().size_bytes() * 2)) return Cancel(kMemoryExceeded);
  if (node.is_charged) {
    list.Append(added, arena_);
  } else if (added.kind() == Kind::kList) {
    const List& more = added.as_list();
    if (!arena_.HasRoom(static_cast<std::size_t>(more.size()) * sizeof(Value) * 2)) {
      return Cancel(kMemoryExceeded);
    }
    for (std::int64_t i = 0; i < more.size(); ++i) list.Append(more.At(i, arena_), arena_);
  } else {
    return Charge(cost, NoSuchOverload());
  }
  return Charge(cost, accumulator);
}

Value Interpreter::EvalInsert(const Node& node) {
  const Value accumulator = Eval(Child(node, 0));
  if (accumulator.is_error() && node.count > 2) return accumulator;
  const Value first = Eval(Child(node, 1));
  if (accumulator.is_error()) return Charge(1, accumulator);
  // Planned only where the accumulator is a map that grows (Growing::kMap).
  auto& map = const_cast<MapValue&>(static_cast<const MapValue&>(accumulator.as_map()));
  const auto insert = [&](const Value& key, const Value& value) {
    if (map.Has(key)) {
      return NewError(arena_, "insert failed: key " + PrintValue(key) + " already exists");
    }
    map.Set(key, value);
    return accumulator;
  };
  if (node.count == 2) {
    if (first.is_error()) return Charge(1, first);
    if (first.kind() != Kind::kMap) return Charge(1, NoSuchOverload());
    const Map& entries = first.as_map();
    Value result = accumulator;
    for (std::int64_t i = 0; i < entries.entry_count() && !result.is_error(); ++i) {
      result = insert(entries.KeyAt(i, arena_), entries.ValueAt(i, arena_));
    }
    return Charge(1, result);
  }
  if (first.is_error()) return first;
  const Value value = Eval(Child(node, 2));
  return Charge(1, value.is_error() ? value : insert(first, value));
}

}  // namespace apiserver::cel
