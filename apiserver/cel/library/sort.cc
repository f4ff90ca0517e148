// sort() and what sortBy() becomes (cel-go ext/lists.go).
#include <algorithm>
#include <numeric>
#include <vector>

#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

Value SortBy(Arena& arena, const List& list, const List& keys) {
  if (list.size() != keys.size()) {
    return NewError(arena,
                    "@sortByAssociatedKeys() expected a list of the same size as the associated "
                    "keys list, but got " +
                        std::to_string(list.size()) + " and " + std::to_string(keys.size()) +
                        " elements respectively");
  }
  if (list.size() == 0) return Value::Of(&list);
  const auto count = static_cast<std::size_t>(list.size());
  std::vector<Value> key(count);
  for (std::size_t i = 0; i < count; ++i) key[i] = keys.At(static_cast<std::int64_t>(i), arena);
  if (CompareValues(key[0], key[0]).is_error() && key[0].kind() != Kind::kDouble) {
    return Value::Error("list elements must be comparable");
  }
  for (const Value& other : key) {
    if (other.kind() != key[0].kind()) {
      return Value::Error("list elements must have the same type");
    }
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return OrderScalars(key[a], key[b]) < 0; });
  const auto sorted = arena.NewArray<Value>(count);
  for (std::size_t i = 0; i < count; ++i) {
    sorted[i] = list.At(static_cast<std::int64_t>(order[i]), arena);
  }
  return ViewList(arena, sorted);
}

Value Sort(Arena& arena, const Value* a) { return SortBy(arena, a[0].as_list(), a[0].as_list()); }
Value SortByKeys(Arena& arena, const Value* a) {
  if (a[1].kind() != Kind::kList) return NoSuchOverload(a[1]);
  return SortBy(arena, a[0].as_list(), a[1].as_list());
}

constexpr Implementation kRows[] = {
    {"sort", Sort, KindBits({Kind::kList})},
    {"@sortByAssociatedKeys", SortByKeys, KindBits({Kind::kList})},
};

}  // namespace

std::span<const Implementation> SortImplementations() { return kRows; }

}  // namespace apiserver::cel
