// Lists: Kubernetes' (isSorted, sum, min, max, indexOf) and those of cel-go's ext, version 3.
#include "apiserver/cel/lists.h"

#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

constexpr std::uint32_t kLists = KindBits({Kind::kList});

bool IsComparable(const Value& value) {
  return value.is_number() || value.kind() == Kind::kBool || value.kind() == Kind::kString ||
         value.kind() == Kind::kBytes || value.kind() == Kind::kDuration ||
         value.kind() == Kind::kTimestamp;
}

Value IsSorted(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value next = list.At(i, arena);
    if (!IsComparable(next)) return NoSuchOverload(next);
    if (i == 0) continue;
    const Value order = CompareValues(list.At(i - 1, arena), next);
    if (order.kind() == Kind::kInt && order.as_int() > 0) return Value::Bool(false);
  }
  return Value::Bool(true);
}

Value SumFrom(Arena& arena, const Value& list, Value sum) {
  for (std::int64_t i = 0; i < list.as_list().size(); ++i) {
    sum = Add(sum, list.as_list().At(i, arena), arena);
    if (sum.is_error()) return sum;
  }
  return sum;
}
Value SumInt(Arena& arena, const Value* a) { return SumFrom(arena, a[0], Value::Int(0)); }
Value SumUint(Arena& arena, const Value* a) { return SumFrom(arena, a[0], Value::Uint(0)); }
Value SumDouble(Arena& arena, const Value* a) { return SumFrom(arena, a[0], Value::Double(0)); }
Value SumDuration(Arena& arena, const Value* a) { return SumFrom(arena, a[0], Value::Duration(0)); }

// The first element that no other is beyond; `sign` 1: the smallest.
Value Extreme(Arena& arena, const Value& value, int sign, std::string_view empty) {
  const List& list = value.as_list();
  if (list.size() == 0) return Value::Error(empty);
  Value best = list.At(0, arena);
  if (!IsComparable(best)) return NoSuchOverload(best);
  for (std::int64_t i = 1; i < list.size(); ++i) {
    const Value next = list.At(i, arena);
    if (!IsComparable(next)) return NoSuchOverload(next);
    const Value order = CompareValues(best, next);
    if (order.kind() == Kind::kInt && order.as_int() == sign) best = next;
  }
  return best;
}
Value Min(Arena& arena, const Value* a) {
  return Extreme(arena, a[0], 1, "min called on empty list");
}
Value Max(Arena& arena, const Value* a) {
  return Extreme(arena, a[0], -1, "max called on empty list");
}

Value IndexOf(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  for (std::int64_t i = 0; i < list.size(); ++i) {
    if (EqualValues(list.At(i, arena), a[1], arena).is_true()) return Value::Int(i);
  }
  return Value::Int(-1);
}
Value LastIndexOf(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  for (std::int64_t i = list.size() - 1; i >= 0; --i) {
    if (EqualValues(list.At(i, arena), a[1], arena).is_true()) return Value::Int(i);
  }
  return Value::Int(-1);
}

// Room for a list of `size`, or nothing.
std::optional<std::span<Value>> NewElements(Arena& arena, std::int64_t size) {
  const auto count = static_cast<std::size_t>(size);
  if (size > ConcatList::kSizeMax || !arena.HasRoom(count * sizeof(Value))) return std::nullopt;
  return arena.NewArray<Value>(count);
}
Value TooLarge() { return Value::Error("memory limit exceeded"); }

Value Slice(Arena& arena, const Value* a) {
  const std::int64_t start = a[1].as_int();
  const std::int64_t end = a[2].as_int();
  const std::string call =
      "cannot slice(" + std::to_string(start) + ", " + std::to_string(end) + "), ";
  const List& list = a[0].as_list();
  if (start < 0 || end < 0) return NewError(arena, call + "negative indexes not supported");
  if (start > end) {
    return NewError(arena, call + "start index must be less than or equal to end index");
  }
  if (list.size() < end) {
    return NewError(arena, call + "list is length " + std::to_string(list.size()));
  }
  const auto elements = NewElements(arena, end - start);
  if (!elements) return TooLarge();
  for (std::int64_t i = start; i < end; ++i) {
    (*elements)[static_cast<std::size_t>(i - start)] = list.At(i, arena);
  }
  return ViewList(arena, *elements);
}

void FlattenInto(const List& list, std::int64_t depth, GrowingList& out, Arena& arena) {
  for (std::int64_t i = 0; i < list.size() && !arena.is_full(); ++i) {
    const Value element = list.At(i, arena);
    if (element.kind() == Kind::kList && depth > 0) {
      FlattenInto(element.as_list(), depth - 1, out, arena);
    } else {
      out.Append(element, arena);
    }
  }
}
Value FlattenTo(Arena& arena, const Value& list, std::int64_t depth) {
  if (depth < 0) return Value::Error("level must be non-negative");
  GrowingList out;
  FlattenInto(list.as_list(), depth, out, arena);
  return arena.is_full() ? TooLarge() : NewList(arena, out.elements());
}
Value Flatten(Arena& arena, const Value* a) { return FlattenTo(arena, a[0], 1); }
Value FlattenDeep(Arena& arena, const Value* a) { return FlattenTo(arena, a[0], a[1].as_int()); }

Value Range(Arena& arena, const Value* a) {
  const std::int64_t size = std::max<std::int64_t>(a[0].as_int(), 0);
  const auto elements = NewElements(arena, size);
  if (!elements) return TooLarge();
  for (std::int64_t i = 0; i < size; ++i) {
    (*elements)[static_cast<std::size_t>(i)] = Value::Int(i);
  }
  return ViewList(arena, *elements);
}

Value Reverse(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  const auto elements = NewElements(arena, list.size());
  if (!elements) return TooLarge();
  for (std::int64_t i = 0; i < list.size(); ++i) {
    (*elements)[static_cast<std::size_t>(i)] = list.At(list.size() - 1 - i, arena);
  }
  return ViewList(arena, *elements);
}

Value Distinct(Arena& arena, const Value* a) {
  // A list this long would take seconds and cost more than any limit.
  constexpr std::int64_t kDistinctMax = 10'000;
  const List& list = a[0].as_list();
  if (list.size() > kDistinctMax) return Value::Error("list is too long");
  GrowingList out;
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, arena);
    bool is_new = true;
    for (const Value& known : out.elements()) {
      if (EqualValues(element, known, arena).is_true()) {
        is_new = false;
        break;
      }
    }
    if (is_new) out.Append(element, arena);
  }
  return NewList(arena, out.elements());
}

constexpr Implementation kRows[] = {
    {"isSorted", IsSorted, kLists},
    {"list_int_sum_int", SumInt},
    {"list_uint_sum_uint", SumUint},
    {"list_double_sum_double", SumDouble},
    {"list_duration_sum_duration", SumDuration},
    {"min", Min, kLists},
    {"max", Max, kLists},
    {"list_a_index_of_int", IndexOf},
    {"list_a_last_index_of_int", LastIndexOf},
    {"list_slice", Slice},
    {"list_flatten", Flatten},
    {"list_flatten_int", FlattenDeep},
    {"lists_range", Range},
    {"list_reverse", Reverse},
    {"list_distinct", Distinct},
};

}  // namespace

std::span<const Implementation> ListImplementations() { return kRows; }

}  // namespace apiserver::cel
