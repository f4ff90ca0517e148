#include "apiserver/registry/kinds/equality.h"

#include <algorithm>

#include "apiserver/api/quantity.h"

namespace apiserver {
namespace {

bool IsEmpty(const Value* value) {
  if (value == nullptr || value->is_null()) return true;
  if (value->is_array()) return value->get_array().empty();
  return false;
}

bool IsNamed(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Members that hold quantities by name, or are one: two spellings of an amount are equal.
constexpr std::string_view kQuantityMaps[] = {"limits",
                                              "requests",
                                              "capacity",
                                              "overhead",
                                              "hard",
                                              "used",
                                              "min",
                                              "max",
                                              "allocatable",
                                              "default",
                                              "defaultRequest",
                                              "maxLimitRequestRatio",
                                              "allocatedResources"};
// Members that are maps wherever they are: an empty one equals none. Other objects may be pointers,
// where `{}` differs from none.
constexpr std::string_view kMaps[] = {"allocatedResources",
                                      "annotations",
                                      "binaryData",
                                      "data",
                                      "defaultRequest",
                                      "hard",
                                      "labels",
                                      "limits",
                                      "matchLabels",
                                      "maxLimitRequestRatio",
                                      "nodeSelector",
                                      "overhead",
                                      "requests",
                                      "stringData",
                                      "used",
                                      "volumeAttributes"};
constexpr std::string_view kQuantities[] = {"sizeLimit", "divisor", "averageValue",
                                            "maximumVolumeSize"};

template <std::size_t kCount>
bool IsIn(const std::string_view (&names)[kCount], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool SameQuantity(const Value& a, const Value* b) {
  if (b == nullptr || a.is_object() || b->is_object()) return SemanticEqual(&a, b);
  const auto left = Quantity::FromJson(a);
  const auto right = Quantity::FromJson(*b);
  if (!left.ok() || !right.ok()) return SemanticEqual(&a, b);
  return left.value() == right.value();
}

bool SameQuantities(const Object& a, const Object& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& entry) {
           return SameQuantity(entry.value(), b.if_contains(entry.key()));
         });
}

bool IsEmptyNamed(std::string_view name, const Value* value) {
  if (IsEmpty(value)) return true;
  return value->is_object() && value->get_object().empty() && IsIn(kMaps, name);
}

bool SameNamed(std::string_view name, const Value& a, const Value* b) {
  if (IsEmptyNamed(name, &a) || IsEmptyNamed(name, b)) {
    return IsEmptyNamed(name, &a) && IsEmptyNamed(name, b);
  }
  if (b != nullptr && a.is_object() && b->is_object() && IsIn(kQuantityMaps, name)) {
    return SameQuantities(a.get_object(), b->get_object());
  }
  if (IsIn(kQuantities, name)) return SameQuantity(a, b);
  return SemanticEqual(&a, b);
}

// Every member of `a` equals that of `b`.
bool Covers(const Object& a, const Object& b, std::initializer_list<std::string_view> except) {
  for (const auto& member : a) {
    if (IsNamed(except, member.key())) continue;
    if (!SameNamed(member.key(), member.value(), b.if_contains(member.key()))) return false;
  }
  return true;
}

// What `b` alone has is empty.
bool AddsNothing(const Object& a, const Object& b, std::initializer_list<std::string_view> except) {
  for (const auto& member : b) {
    if (IsNamed(except, member.key()) || a.contains(member.key())) continue;
    if (!IsEmptyNamed(member.key(), &member.value())) return false;
  }
  return true;
}

}  // namespace

bool SemanticEqual(const Value* a, const Value* b) {
  const bool a_empty = IsEmpty(a);
  const bool b_empty = IsEmpty(b);
  if (a_empty || b_empty) return a_empty && b_empty;
  if (a->is_object() && b->is_object()) {
    return SameExcept(a->get_object(), b->get_object(), {});
  }
  if (a->is_array() && b->is_array()) {
    const Array& left = a->get_array();
    const Array& right = b->get_array();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!SemanticEqual(&left[i], &right[i])) return false;
    }
    return true;
  }
  return *a == *b;
}

bool SameMember(const Object& a, const Object& b, std::string_view name) {
  const Value* value = a.if_contains(name);
  const Value* other = b.if_contains(name);
  if (IsEmptyNamed(name, value)) return IsEmptyNamed(name, other);
  return other != nullptr && SameNamed(name, *value, other);
}

bool SameExcept(const Object& a, const Object& b, std::initializer_list<std::string_view> except) {
  return Covers(a, b, except) && AddsNothing(a, b, except);
}

}  // namespace apiserver
