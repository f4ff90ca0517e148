// Collects the rules that an object breaks, at field paths that cost nothing until one is broken.
//
// Invariants:
// (1) A FieldPath points to its parent, so a parent outlives its children: store one step at a
// time, never
//     `path.Child("a").Child("b")`; several names at once are written "a.b".
// (2) The order of errors is upstream's order of checks; it is what clients see.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/api/names.h"

namespace apiserver {

class FieldPath {
 public:
  explicit FieldPath(std::string_view name) : FieldPath(nullptr, Kind::kName, name, 0) {}
  FieldPath Child(std::string_view name) const { return {this, Kind::kName, name, 0}; }
  FieldPath Index(std::size_t index) const { return {this, Kind::kIndex, {}, index}; }
  FieldPath Key(std::string_view key) const { return {this, Kind::kKey, key, 0}; }
  // "spec.containers[0].resources.limits[cpu]"
  std::string Text() const;

 private:
  enum class Kind : std::uint8_t { kName, kIndex, kKey };
  FieldPath(const FieldPath* parent, Kind kind, std::string_view name, std::size_t index)
      : parent_(parent), name_(name), index_(index), kind_(kind) {}
  void AppendTo(std::string& out) const;

  const FieldPath* parent_;
  std::string_view name_;
  std::size_t index_;
  Kind kind_;
};

using SupportedValues = std::vector<std::string_view>;

// A value that an error shows; whatever JSON can be made of.
class ShownValue {
 public:
  template <class T>
    requires std::constructible_from<Value, const T&>
  ShownValue(const T& value) : value_(value) {}
  ShownValue(std::initializer_list<boost::json::value_ref> members) : value_(members) {}
  operator const Value&() const { return value_; }

 private:
  Value value_;
};

class Violations {
 public:
  void Required(const FieldPath& path, std::string_view detail = {});
  void Invalid(const FieldPath& path, const ShownValue& value, std::string_view detail);
  // The same without showing the value.
  void InvalidWithoutValue(const FieldPath& path, std::string_view detail);
  // One error per message.
  template <class T>
  void InvalidEach(const FieldPath& path, const T& value, const NameMessages& messages) {
    for (const std::string& message : messages) Invalid(path, value, message);
  }
  void NotSupported(const FieldPath& path, const ShownValue& value, SupportedValues supported);
  void Forbidden(const FieldPath& path, std::string_view detail);
  void Duplicate(const FieldPath& path, const ShownValue& value, std::string_view detail = {});
  void NotFound(const FieldPath& path, const ShownValue& value);
  void TooLong(const FieldPath& path, int max_length);
  void TooMany(const FieldPath& path, std::size_t count, int max_count);
  void Append(FieldErrors errors);

  bool empty() const { return errors_.empty(); }
  std::size_t size() const { return errors_.size(); }
  FieldErrors Take() { return std::move(errors_); }

 private:
  FieldErrors errors_;
};

}  // namespace apiserver
