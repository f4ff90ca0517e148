// The operators and the functions of the language itself, as rows.
#include "apiserver/cel/operators.h"

#include "apiserver/cel/library/implementation.h"

namespace apiserver::cel {
namespace {

constexpr std::uint32_t kNumbers = KindBits({Kind::kInt, Kind::kUint, Kind::kDouble});
constexpr std::uint32_t kAddable = kNumbers | KindBits({Kind::kString, Kind::kBytes, Kind::kList,
                                                        Kind::kDuration, Kind::kTimestamp});
constexpr std::uint32_t kSubtractable = kNumbers | KindBits({Kind::kDuration, Kind::kTimestamp});
constexpr std::uint32_t kOrdered =
    kSubtractable | KindBits({Kind::kBool, Kind::kString, Kind::kBytes});
constexpr std::uint32_t kWhole = KindBits({Kind::kInt, Kind::kUint});

Value AddRow(Arena& arena, const Value* a) { return Add(a[0], a[1], arena); }
Value SubtractRow(Arena&, const Value* a) { return Subtract(a[0], a[1]); }
Value MultiplyRow(Arena&, const Value* a) { return Multiply(a[0], a[1]); }
Value DivideRow(Arena&, const Value* a) { return Divide(a[0], a[1]); }
Value ModuloRow(Arena&, const Value* a) { return Modulo(a[0], a[1]); }
Value NegateRow(Arena&, const Value* a) { return Negate(a[0]); }

Value Not(Arena&, const Value* a) {
  return a[0].kind() == Kind::kBool ? Value::Bool(!a[0].as_bool()) : NoSuchOverload();
}

template <typename Holds>
Value Ordered(const Value* a, Holds holds) {
  const Value order = CompareValues(a[0], a[1]);
  return order.is_error() ? order : Value::Bool(holds(order.as_int()));
}
Value Less(Arena&, const Value* a) {
  return Ordered(a, [](std::int64_t order) { return order < 0; });
}
Value LessEquals(Arena&, const Value* a) {
  return Ordered(a, [](std::int64_t order) { return order <= 0; });
}
Value Greater(Arena&, const Value* a) {
  return Ordered(a, [](std::int64_t order) { return order > 0; });
}
Value GreaterEquals(Arena&, const Value* a) {
  return Ordered(a, [](std::int64_t order) { return order >= 0; });
}

Value In(Arena& arena, const Value* a) { return Contains(a[1], a[0], arena); }
Value Size(Arena&, const Value* a) {
  const auto size = SizeOf(a[0]);
  return size ? Value::Int(*size) : NoSuchOverload();
}
Value Identity(Arena&, const Value* a) { return a[0]; }
Value TypeOf(Arena& arena, const Value* a) { return Value::Type(arena.Copy(TypeName(a[0]))); }

constexpr Implementation kRows[] = {
    {"_+_", AddRow, kAddable},
    {"_-_", SubtractRow, kSubtractable},
    {"_*_", MultiplyRow, kNumbers},
    {"_/_", DivideRow, kNumbers},
    {"_%_", ModuloRow, kWhole},
    {"-_", NegateRow, KindBits({Kind::kInt, Kind::kDouble, Kind::kDuration})},
    {"!_", Not},
    {"_<_", Less, kOrdered},
    {"_<=_", LessEquals, kOrdered},
    {"_>_", Greater, kOrdered},
    {"_>=_", GreaterEquals, kOrdered},
    {"@in", In},
    {"size", Size, KindBits({Kind::kString, Kind::kBytes, Kind::kList, Kind::kMap, Kind::kOpaque})},
    {"dyn", Identity},
    {"type", TypeOf},
};

}  // namespace

std::span<const Implementation> OperatorImplementations() { return kRows; }

}  // namespace apiserver::cel
