// What a CEL expression computes with: a 16-byte handle, copied freely, that owns nothing.
//
// Invariants:
// (1) Text, lists, maps and opaque values live elsewhere: in the request's JSON (never copied), in
// a compiled program (constants) or in the Arena of one evaluation. A Value is valid while they
// are. (2) An error is a value too (kError), as in cel-go: && and || may absorb it. (3) What is
// iterated has one order: lists by index, JSON objects and map literals as written. Source: cel-go
// common/types, k8s.io/apiserver pkg/cel/common. Threads: immutable once made.
#pragma once

#include <cstdint>
#include <string_view>

#include "apiserver/api/time_format.h"

namespace apiserver::cel {

class List;
class Map;
class Opaque;
class Value;

enum class Kind : std::uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kType,
  kOptional,
  kOpaque,
  kError,
};

class Value {
 public:
  Value() : bits_(0) {}  // null
  static Value Bool(bool value);
  static Value Int(std::int64_t value);
  static Value Uint(std::uint64_t value);
  static Value Double(double value);
  // Views: `text` outlives the value. At most 4 GiB.
  static Value String(std::string_view text) { return Text(Kind::kString, text); }
  static Value Bytes(std::string_view bytes) { return Text(Kind::kBytes, bytes); }
  static Value Type(std::string_view name) { return Text(Kind::kType, name); }
  static Value Error(std::string_view message) { return Text(Kind::kError, message); }
  static Value Duration(std::int64_t nanos);
  // The zone is kept for printing only: comparison and accessors are those of the instant in UTC.
  static Value Timestamp(WallTime time, int zone_minutes = 0);
  static Value Of(const List* list);
  static Value Of(const Map* map);
  static Value Of(const Opaque* opaque);
  // `held` outlives the value; nullptr is optional.none().
  static Value Optional(const Value* held);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_error() const { return kind_ == Kind::kError; }
  bool is_true() const { return kind_ == Kind::kBool && bool_; }
  bool is_false() const { return kind_ == Kind::kBool && !bool_; }
  bool is_number() const {
    return kind_ == Kind::kInt || kind_ == Kind::kUint || kind_ == Kind::kDouble;
  }

  // Each requires the kind that its name says.
  bool as_bool() const { return bool_; }
  std::int64_t as_int() const { return int_; }
  std::uint64_t as_uint() const { return uint_; }
  double as_double() const { return double_; }
  // Of text, bytes, the name of a type, or the message of an error.
  std::string_view as_text() const { return {text_, aux_}; }
  std::int64_t as_duration() const { return int_; }
  WallTime as_timestamp() const { return {int_, static_cast<std::int32_t>(aux_)}; }
  int zone_minutes() const { return zone_minutes_; }
  const List& as_list() const { return *list_; }
  const Map& as_map() const { return *map_; }
  const Opaque& as_opaque() const { return *opaque_; }
  const Value* as_optional() const { return optional_; }

 private:
  explicit Value(Kind kind) : kind_(kind), bits_(0) {}
  static Value Text(Kind kind, std::string_view text);

  Kind kind_ = Kind::kNull;
  std::int16_t zone_minutes_ = 0;
  std::uint32_t aux_ = 0;  // size of text, nanoseconds of a timestamp
  union {
    std::uint64_t bits_;
    bool bool_;
    std::int64_t int_;
    std::uint64_t uint_;
    double double_;
    const char* text_;
    const List* list_;
    const Map* map_;
    const Opaque* opaque_;
    const Value* optional_;
  };
};
static_assert(sizeof(Value) == 16);

inline Value Value::Bool(bool value) {
  Value out(Kind::kBool);
  out.bool_ = value;
  return out;
}
inline Value Value::Int(std::int64_t value) {
  Value out(Kind::kInt);
  out.int_ = value;
  return out;
}
inline Value Value::Uint(std::uint64_t value) {
  Value out(Kind::kUint);
  out.uint_ = value;
  return out;
}
inline Value Value::Double(double value) {
  Value out(Kind::kDouble);
  out.double_ = value;
  return out;
}
inline Value Value::Text(Kind kind, std::string_view text) {
  Value out(kind);
  // Never null: keys of JSON objects are made of it, and std::memcpy wants bytes even for none.
  out.text_ = text.data() == nullptr ? "" : text.data();
  out.aux_ = static_cast<std::uint32_t>(text.size());
  return out;
}
inline Value Value::Duration(std::int64_t nanos) {
  Value out(Kind::kDuration);
  out.int_ = nanos;
  return out;
}
inline Value Value::Timestamp(WallTime time, int zone_minutes) {
  Value out(Kind::kTimestamp);
  out.int_ = time.seconds;
  out.aux_ = static_cast<std::uint32_t>(time.nanos);
  out.zone_minutes_ = static_cast<std::int16_t>(zone_minutes);
  return out;
}
inline Value Value::Of(const List* list) {
  Value out(Kind::kList);
  out.list_ = list;
  return out;
}
inline Value Value::Of(const Map* map) {
  Value out(Kind::kMap);
  out.map_ = map;
  return out;
}
inline Value Value::Of(const Opaque* opaque) {
  Value out(Kind::kOpaque);
  out.opaque_ = opaque;
  return out;
}
inline Value Value::Optional(const Value* held) {
  Value out(Kind::kOptional);
  out.optional_ = held;
  return out;
}

// The name that type(value) prints: "int", "map", "kubernetes.Quantity".
std::string_view TypeName(const Value& value);

}  // namespace apiserver::cel
