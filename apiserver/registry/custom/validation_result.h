// What a walk over a value found, in the terms of upstream's OpenAPI validator.
//
// Invariants: (1) an error whose words were already found is not added again; (2) `match_count`
// counts checks that applied, which is how the best of several alternatives is chosen. Source:
// k8s.io/kube-openapi/pkg/validation/validate/result.go. Threads: any, no shared state.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/errors.h"

namespace apiserver {

// Where a value lies in the object that is validated; its text is made when an error needs it.
class ValuePath {
 public:
  ValuePath() = default;
  ValuePath Member(std::string_view name) const { return {this, name, 0, Kind::kMember}; }
  // A member that additionalProperties describe: upstream writes a dot before it even at the root.
  ValuePath Additional(std::string_view name) const { return {this, name, 0, Kind::kAdditional}; }
  ValuePath Item(std::size_t index) const { return {this, {}, index, Kind::kItem}; }
  std::string Text() const;

 private:
  enum class Kind : std::uint8_t { kRoot, kMember, kAdditional, kItem };
  ValuePath(const ValuePath* parent, std::string_view name, std::size_t index, Kind kind)
      : parent_(parent), name_(name), index_(index), kind_(kind) {}

  const ValuePath* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  Kind kind_ = Kind::kRoot;
};

class ValidationResult {
 public:
  struct Entry {
    std::string message;  // upstream's words, by which errors are told apart
    FieldError error;
  };

  void Add(std::string message, FieldError error);
  void Merge(ValidationResult other);
  void Count(int count = 1) { match_count_ += count; }
  void DropErrors() { entries_.clear(); }

  bool is_valid() const { return entries_.empty(); }
  int match_count() const { return match_count_; }
  FieldErrors TakeErrors();

 private:
  std::vector<Entry> entries_;
  int match_count_ = 0;
};

}  // namespace apiserver
