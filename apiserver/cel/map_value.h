// The maps that expressions make.
//
// Invariants:
// (1) Entries keep the order in which their keys first came.
// (2) Keys compare across numeric types: 1, 1u and 1.0 are one key.
// Threads: each its Arena.
#pragma once

#include <vector>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

class MapValue final : public Map {
 public:
  struct Entry {
    Value key;
    Value value;
  };
  std::int64_t size() const override { return static_cast<std::int64_t>(entries_.size()); }
  std::optional<Value> Find(const Value& key, Arena& arena) const override;
  Value KeyAt(std::int64_t index, Arena&) const override {
    return entries_[static_cast<std::size_t>(index)].key;
  }
  Value ValueAt(std::int64_t index, Arena&) const override {
    return entries_[static_cast<std::size_t>(index)].value;
  }
  std::string_view type_name() const override { return type_name_; }

  bool Has(const Value& key) const { return FindEntry(key) != nullptr; }
  // Replaces the value of a key that is there.
  void Set(const Value& key, const Value& value);
  void Erase(const Value& key);
  // `name` outlives the map.
  void set_type_name(std::string_view name) { type_name_ = name; }

 private:
  const Entry* FindEntry(const Value& key) const;
  std::vector<std::uint32_t>::const_iterator LowerBound(const Value& key) const;

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> order_;  // of entries_ by key
  std::string_view type_name_ = "map";
};

// A total order of keys and other scalars: by kind (numbers are one), then by value; NaN first.
int OrderScalars(const Value& a, const Value& b);

}  // namespace apiserver::cel
