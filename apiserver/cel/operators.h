// What the operators do to values of any kind: equality, order, arithmetic, membership.
//
// Kinds that do not go together are the error value "no such overload", as in cel-go.
// Source: cel-go common/types, k8s.io/apiserver pkg/cel/common/values.go. Threads: each its Arena.
#pragma once

#include <optional>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

// A bool, or an error from comparing parts that break their schema.
Value EqualValues(const Value& a, const Value& b, Arena& arena);
// -1, 0, 1 as an int across numeric types, or an error (NaN, kinds without an order).
Value CompareValues(const Value& a, const Value& b);
// The same for numbers; nullopt for NaN. Requires: both are numbers.
std::optional<int> CompareNumbers(const Value& a, const Value& b);

Value Add(const Value& a, const Value& b, Arena& arena);
Value Subtract(const Value& a, const Value& b);
Value Multiply(const Value& a, const Value& b);
Value Divide(const Value& a, const Value& b);
Value Modulo(const Value& a, const Value& b);
Value Negate(const Value& value);

// value in container.
Value Contains(const Value& container, const Value& value, Arena& arena);
// container[key], with "no such key: k" and "index out of bounds: i".
Value Index(const Value& container, const Value& key, Arena& arena);
// nullopt where Index would say that nothing is there.
std::optional<Value> FindIndex(const Value& container, const Value& key, Arena& arena);

// Code points of text, bytes, elements, entries; nullopt when the value has no size.
std::optional<std::int64_t> SizeOf(const Value& value);
// What costs count: the size, that of what an optional holds, 1 for all else.
std::uint64_t CostSize(const Value& value);
// Whether optional.ofNonZeroValue() drops it.
bool IsZeroValue(const Value& value);

inline Value NoSuchOverload() { return Value::Error("no such overload"); }
// `value` if it is an error, else "no such overload".
inline Value NoSuchOverload(const Value& value) {
  return value.is_error() ? value : NoSuchOverload();
}

}  // namespace apiserver::cel
