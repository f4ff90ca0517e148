// Optional values, and the map building of two-variable macros (cel-go cel/library.go,
// ext/comprehensions.go).
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/lists.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

Value OptionalOf(Arena& arena, const Value* a) { return NewOptional(arena, a[0]); }
Value OfNonZeroValue(Arena& arena, const Value* a) {
  return IsZeroValue(a[0]) ? Value::Optional(nullptr) : NewOptional(arena, a[0]);
}
Value None(Arena&, const Value*) { return Value::Optional(nullptr); }
Value HasValue(Arena&, const Value* a) { return Value::Bool(a[0].as_optional() != nullptr); }
Value Held(Arena&, const Value* a) {
  return a[0].as_optional() == nullptr ? Value::Error("optional.none() dereference")
                                       : *a[0].as_optional();
}
// The interpreter spares the second argument where it can; this is the rest.
Value Or(Arena&, const Value* a) { return a[0].as_optional() == nullptr ? a[1] : a[0]; }
Value OrValue(Arena&, const Value* a) {
  return a[0].as_optional() == nullptr ? a[1] : *a[0].as_optional();
}

Value ElementAt(Arena& arena, const List& list, std::int64_t index) {
  if (list.size() == 0) return Value::Optional(nullptr);
  return NewOptional(arena, list.At(index, arena));
}
Value First(Arena& arena, const Value* a) { return ElementAt(arena, a[0].as_list(), 0); }
Value Last(Arena& arena, const Value* a) {
  return ElementAt(arena, a[0].as_list(), a[0].as_list().size() - 1);
}

Value Unwrap(Arena& arena, const Value* a) {
  const List& list = a[0].as_list();
  GrowingList out;
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, arena);
    if (element.kind() != Kind::kOptional) {
      return NewError(arena, "value " + PrintValue(element) + " is not optional");
    }
    if (element.as_optional() != nullptr) out.Append(*element.as_optional(), arena);
  }
  return NewList(arena, out.elements());
}

Value InsertEntries(Arena& arena, const Map& target, const Map& added) {
  auto* map = arena.New<MapValue>();
  for (std::int64_t i = 0; i < target.entry_count(); ++i) {
    map->Set(target.KeyAt(i, arena), target.ValueAt(i, arena));
  }
  for (std::int64_t i = 0; i < added.entry_count(); ++i) {
    const Value key = added.KeyAt(i, arena);
    if (map->Has(key)) {
      return NewError(arena, "insert failed: key " + PrintValue(key) + " already exists");
    }
    map->Set(key, added.ValueAt(i, arena));
  }
  return Value::Of(static_cast<const Map*>(map));
}
Value MapInsert(Arena& arena, const Value* a) {
  MapValue entry;
  entry.Set(a[1], a[2]);
  return InsertEntries(arena, a[0].as_map(), entry);
}
Value MapInsertMap(Arena& arena, const Value* a) {
  return InsertEntries(arena, a[0].as_map(), a[1].as_map());
}

constexpr Implementation kRows[] = {
    {"optional_of", OptionalOf},
    {"optional_ofNonZeroValue", OfNonZeroValue},
    {"optional_none", None},
    {"optional_value", Held},
    {"optional_hasValue", HasValue},
    {"optional_or_optional", Or},
    {"optional_orValue_value", OrValue},
    {"list_first", First},
    {"list_last", Last},
    {"optional_unwrap", Unwrap},
    {"optional_unwrapOpt", Unwrap},
    {"@mapInsert_map_key_value", MapInsert},
    {"@mapInsert_map_map", MapInsertMap},
};

}  // namespace

std::span<const Implementation> OptionalImplementations() { return kRows; }

}  // namespace apiserver::cel
