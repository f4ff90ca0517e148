// Lists as sets (cel-go ext/sets.go).
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

Value ContainsAll(Arena& arena, const Value& list, const List& wanted) {
  for (std::int64_t i = 0; i < wanted.size(); ++i) {
    const Value found = Contains(list, wanted.At(i, arena), arena);
    if (!found.is_true()) return found;
  }
  return Value::Bool(true);
}

Value SetContains(Arena& arena, const Value* a) { return ContainsAll(arena, a[0], a[1].as_list()); }

Value SetEquivalent(Arena& arena, const Value* a) {
  const Value forward = ContainsAll(arena, a[0], a[1].as_list());
  return forward.is_true() ? ContainsAll(arena, a[1], a[0].as_list()) : forward;
}

Value SetIntersects(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  for (std::int64_t i = 0; i < list.size(); ++i) {
    if (Contains(a[1], list.At(i, arena), arena).is_true()) return Value::Bool(true);
  }
  return Value::Bool(false);
}

constexpr Implementation kRows[] = {
    {"list_sets_contains_list", SetContains},
    {"list_sets_equivalent_list", SetEquivalent},
    {"list_sets_intersects_list", SetIntersects},
};

}  // namespace

std::span<const Implementation> SetImplementations() { return kRows; }

}  // namespace apiserver::cel
