// Lists, maps and opaque values as CEL sees them, whatever holds their data.
//
// Invariants:
// (1) Implementations are immutable once a Value of them escapes, and trivially destructible or
// owned by an Arena.
// (2) Elements are made when asked for: a list of the request's JSON makes no copy of it.
// Source: cel-go traits, k8s.io/apiserver pkg/cel/common/values.go. Threads: any, each its Arena.
#pragma once

#include <optional>

#include "apiserver/cel/arena.h"
#include "apiserver/cel/value.h"

namespace apiserver::cel {

struct Shape;

// How a list of a schema compares and concatenates (x-kubernetes-list-type).
enum class ListStyle : std::uint8_t { kAtomic, kSet, kMap };

class List {
 public:
  virtual std::int64_t size() const = 0;
  // Requires: 0 <= index < size(). An element that breaks the schema is an error.
  virtual Value At(std::int64_t index, Arena& arena) const = 0;
  virtual ListStyle style() const { return ListStyle::kAtomic; }
  // The schema with the keys of a ListStyle::kMap; nullptr for others.
  virtual const Shape* shape() const { return nullptr; }

 protected:
  ~List() = default;
};

class Map {
 public:
  virtual std::int64_t size() const = 0;
  // nullopt: no such key. An error when the key's type cannot be one of this map.
  virtual std::optional<Value> Find(const Value& key, Arena& arena) const = 0;
  // Entries in the order of iteration; fewer than size() for an object with fields that its schema
  // does not know.
  virtual std::int64_t entry_count() const { return size(); }
  virtual Value KeyAt(std::int64_t index, Arena& arena) const = 0;
  virtual Value ValueAt(std::int64_t index, Arena& arena) const = 0;
  // The type's name; objects that an expression builds have one of their own.
  virtual std::string_view type_name() const { return "map"; }

 protected:
  ~Map() = default;
};

// A value only its own library looks into: a quantity, an address, a URL.
class Opaque {
 public:
  // Also tells the classes apart: a name belongs to one class.
  virtual std::string_view type_name() const = 0;
  // `other` has the same type_name().
  virtual bool Equals(const Opaque& other) const = 0;
  // What size-dependent costs count; nullopt when it has no size.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }

 protected:
  ~Opaque() = default;
};

// Requires: value is an opaque of class T, whose kTypeName names it.
template <typename T>
const T& OpaqueAs(const Value& value) {
  return static_cast<const T&>(value.as_opaque());
}

}  // namespace apiserver::cel
