#include "apiserver/cel/operators.h"

#include <algorithm>
#include <cmath>

#include "apiserver/cel/code_points.h"
#include "apiserver/cel/json_values.h"
#include "apiserver/cel/list_styles.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

int Sign(auto a, auto b) { return a < b ? -1 : b < a ? 1 : 0; }

int CompareDoubleInt(double a, std::int64_t b) {
  if (a < -kTwoTo63) return -1;
  if (a > kTwoTo63) return 1;
  return Sign(a, static_cast<double>(b));
}

int CompareDoubleUint(double a, std::uint64_t b) {
  if (a < 0) return -1;
  if (a > kTwoTo64) return 1;
  return Sign(a, static_cast<double>(b));
}

int CompareIntUint(std::int64_t a, std::uint64_t b) {
  if (a < 0) return -1;
  return Sign(static_cast<std::uint64_t>(a), b);
}

bool HasShape(const Map& map) {
  const auto* json = dynamic_cast<const JsonMap*>(&map);
  return json != nullptr && json->has_shape();
}

// A typed list or object refuses to be compared with another kind; what an expression made is just
// not equal to it.
Value NotComparable(const Shape* shape) {
  return shape == nullptr ? Value::Bool(false) : NoSuchOverload();
}

Value EqualLists(const List& a, const Value& other, Arena& arena) {
  if (other.kind() != Kind::kList) return NotComparable(a.shape());
  const List& b = other.as_list();
  if (a.style() != ListStyle::kAtomic) return StyledEquals(a, b, arena);
  if (a.size() != b.size()) return Value::Bool(false);
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const Value equal = EqualValues(a.At(i, arena), b.At(i, arena), arena);
    if (equal.is_false() || (equal.is_error() && a.shape() != nullptr)) return equal;
  }
  return Value::Bool(true);
}

Value EqualMaps(const Map& a, const Value& other, Arena& arena) {
  const auto* json = dynamic_cast<const JsonMap*>(&a);
  if (other.kind() != Kind::kMap) {
    return HasShape(a) ? NoSuchOverload() : Value::Bool(false);
  }
  const Map& b = other.as_map();
  if (json != nullptr) return json->Equals(b, arena);
  if (a.type_name() != b.type_name() || a.size() != b.size()) return Value::Bool(false);
  for (std::int64_t i = 0; i < a.entry_count(); ++i) {
    const auto theirs = b.Find(a.KeyAt(i, arena), arena);
    if (!theirs) return Value::Bool(false);
    if (EqualValues(a.ValueAt(i, arena), *theirs, arena).is_false()) return Value::Bool(false);
  }
  return Value::Bool(true);
}

Value EqualOptionals(const Value& a, const Value& b, Arena& arena) {
  if (b.kind() != Kind::kOptional) return Value::Bool(false);
  if (a.as_optional() == nullptr || b.as_optional() == nullptr) {
    return Value::Bool(a.as_optional() == b.as_optional());
  }
  return EqualValues(*a.as_optional(), *b.as_optional(), arena);
}

}  // namespace

std::optional<int> CompareNumbers(const Value& a, const Value& b) {
  if (a.kind() == Kind::kDouble) {
    if (std::isnan(a.as_double())) return std::nullopt;
    if (b.kind() == Kind::kInt) return CompareDoubleInt(a.as_double(), b.as_int());
    if (b.kind() == Kind::kUint) return CompareDoubleUint(a.as_double(), b.as_uint());
    if (std::isnan(b.as_double())) return std::nullopt;
    return Sign(a.as_double(), b.as_double());
  }
  if (b.kind() == Kind::kDouble) {
    const auto reverse = CompareNumbers(b, a);
    return reverse ? std::optional(-*reverse) : std::nullopt;
  }
  if (a.kind() == b.kind()) {
    return a.kind() == Kind::kInt ? Sign(a.as_int(), b.as_int()) : Sign(a.as_uint(), b.as_uint());
  }
  return a.kind() == Kind::kInt ? CompareIntUint(a.as_int(), b.as_uint())
                                : -CompareIntUint(b.as_int(), a.as_uint());
}

Value EqualValues(const Value& a, const Value& b, Arena& arena) {
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (a.is_null() || b.is_null()) return Value::Bool(a.is_null() && b.is_null());
  switch (a.kind()) {
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
      return Value::Bool(b.is_number() && CompareNumbers(a, b) == 0);
    case Kind::kList:
      return EqualLists(a.as_list(), b, arena);
    case Kind::kMap:
      return EqualMaps(a.as_map(), b, arena);
    case Kind::kOptional:
      return EqualOptionals(a, b, arena);
    case Kind::kOpaque:
      return Value::Bool(b.kind() == Kind::kOpaque &&
                         a.as_opaque().type_name() == b.as_opaque().type_name() &&
                         a.as_opaque().Equals(b.as_opaque()));
    default:
      return Value::Bool(a.kind() == b.kind() && OrderScalars(a, b) == 0);
  }
}

Value CompareValues(const Value& a, const Value& b) {
  if (a.is_number()) {
    if (a.kind() == Kind::kDouble && std::isnan(a.as_double())) {
      return Value::Error("NaN values cannot be ordered");
    }
    if (!b.is_number()) return NoSuchOverload(b);
    const auto order = CompareNumbers(a, b);
    return order ? Value::Int(*order) : Value::Error("NaN values cannot be ordered");
  }
  switch (a.kind()) {
    case Kind::kBool:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kDuration:
    case Kind::kTimestamp:
      return a.kind() == b.kind() ? Value::Int(OrderScalars(a, b)) : NoSuchOverload(b);
    default:
      return NoSuchOverload(a);
  }
}

Value Contains(const Value& container, const Value& value, Arena& arena) {
  if (container.kind() == Kind::kMap) {
    const auto found = container.as_map().Find(value, arena);
    if (found && found->is_error()) return *found;
    return Value::Bool(found.has_value());
  }
  if (container.kind() != Kind::kList) return NoSuchOverload(container);
  const List& list = container.as_list();
  Value error;
  for (std::int64_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, arena);
    const Value equal = list.shape() == nullptr ? EqualValues(value, element, arena)
                                                : EqualValues(element, value, arena);
    if (equal.is_true()) return equal;
    if (equal.is_error() && error.is_null()) error = equal;
  }
  return error.is_error() && list.shape() != nullptr ? error : Value::Bool(false);
}

namespace {

struct ListIndex {
  std::int64_t index;
  Value error;  // null when the index is usable
};

ListIndex ListIndexOf(const List& list, const Value& key, Arena& arena) {
  if (key.kind() == Kind::kInt) return {key.as_int(), {}};
  if (list.shape() != nullptr) {
    return {0, NewError(arena, "unsupported index: " + PrintValue(key))};
  }
  if (key.kind() == Kind::kUint && key.as_uint() <= INT64_MAX) {
    return {static_cast<std::int64_t>(key.as_uint()), {}};
  }
  if (key.kind() == Kind::kDouble && std::fabs(key.as_double()) < kTwoTo63 &&
      std::trunc(key.as_double()) == key.as_double()) {
    return {static_cast<std::int64_t>(key.as_double()), {}};
  }
  if (key.is_number()) {
    return {0, NewError(arena, "unsupported index value " + PrintValue(key) + " in list")};
  }
  return {0,
          NewError(arena, "unsupported index type '" + std::string(TypeName(key)) + "' in list")};
}

}  // namespace

std::optional<Value> FindIndex(const Value& container, const Value& key, Arena& arena) {
  if (key.is_error()) return key;
  if (container.kind() == Kind::kMap) return container.as_map().Find(key, arena);
  if (container.kind() == Kind::kList) {
    const List& list = container.as_list();
    const ListIndex at = ListIndexOf(list, key, arena);
    if (at.error.is_error()) return at.error;
    if (at.index < 0 || at.index >= list.size()) return std::nullopt;
    return list.At(at.index, arena);
  }
  if (container.is_error()) return container;
  return std::nullopt;
}

Value Index(const Value& container, const Value& key, Arena& arena) {
  const auto found = FindIndex(container, key, arena);
  if (found) return *found;
  const bool is_list = container.kind() == Kind::kList;
  return NewError(arena, (is_list ? "index out of bounds: " : "no such key: ") + PrintValue(key));
}

std::optional<std::int64_t> SizeOf(const Value& value) {
  switch (value.kind()) {
    case Kind::kString:
      return static_cast<std::int64_t>(CountCodePoints(value.as_text()));
    case Kind::kBytes:
      return static_cast<std::int64_t>(value.as_text().size());
    case Kind::kList:
      return value.as_list().size();
    case Kind::kMap:
      if (value.as_map().type_name() != "map") return std::nullopt;
      return value.as_map().size();
    case Kind::kOpaque:
      return value.as_opaque().size();
    default:
      return std::nullopt;
  }
}

std::uint64_t CostSize(const Value& value) {
  if (value.kind() == Kind::kOptional && value.as_optional() != nullptr) {
    return CostSize(*value.as_optional());
  }
  return static_cast<std::uint64_t>(SizeOf(value).value_or(1));
}

bool IsZeroValue(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return !value.as_bool();
    case Kind::kInt:
      return value.as_int() == 0;
    case Kind::kUint:
      return value.as_uint() == 0;
    case Kind::kDouble:
      return value.as_double() == 0;
    case Kind::kString:
    case Kind::kBytes:
      return value.as_text().empty();
    case Kind::kDuration:
      return value.as_duration() == 0;
    case Kind::kTimestamp:  // Go's zero time is the first second of year 1
      return value.as_timestamp() == WallTime{-62'135'596'800, 0};
    case Kind::kList:
      return value.as_list().shape() == nullptr && value.as_list().size() == 0;
    case Kind::kMap:
      return value.as_map().size() == 0 && !HasShape(value.as_map());
    case Kind::kType:
    case Kind::kOptional:
    case Kind::kOpaque:
    case Kind::kError:
      return false;
  }
  return false;
}

}  // namespace apiserver::cel
