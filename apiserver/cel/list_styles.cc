#include "apiserver/cel/list_styles.h"

#include <algorithm>
#include <vector>

#include "apiserver/cel/json_values.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

// What tells an element of a set or a map list apart: itself, or its key fields.
using ElementKey = std::vector<Value>;

// Numbers of different types are different here, as keys of a Go map are.
int OrderStrictly(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() < b.kind() ? -1 : 1;
  return OrderScalars(a, b);
}

bool IsLess(const ElementKey& a, const ElementKey& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const Value& x, const Value& y) { return OrderStrictly(x, y) < 0; });
}

Value RawField(const Map& element, std::string_view name, Arena& arena) {
  if (const auto* json = dynamic_cast<const JsonMap*>(&element)) {
    const apiserver::Value* raw = json->RawField(name);
    return raw == nullptr ? Value() : FromJson(*raw, nullptr, arena);
  }
  return element.Find(Value::String(name), arena).value_or(Value());
}

ElementKey KeyOf(const List& list, const Value& element, Arena& arena) {
  if (list.style() == ListStyle::kSet) return {element};
  if (element.kind() != Kind::kMap) return {};
  ElementKey key;
  for (const std::string& name : list.shape()->map_keys) {
    key.push_back(RawField(element.as_map(), name, arena));
  }
  return key;
}

// Elements by key; of equal keys the last one counts, as in a Go map.
class KeyIndex {
 public:
  KeyIndex(const List& list, Arena& arena) {
    for (std::int64_t i = 0; i < list.size(); ++i) {
      rows_.push_back({KeyOf(list, list.At(i, arena), arena), i});
    }
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return IsLess(a.key, b.key); });
  }
  std::optional<std::int64_t> Find(const ElementKey& key) const {
    const auto after = std::upper_bound(
        rows_.begin(), rows_.end(), key,
        [](const ElementKey& wanted, const Row& row) { return IsLess(wanted, row.key); });
    if (after == rows_.begin() || IsLess((after - 1)->key, key)) return std::nullopt;
    return (after - 1)->index;
  }

 private:
  struct Row {
    ElementKey key;
    std::int64_t index;
  };
  std::vector<Row> rows_;
};

class StyledList final : public List {
 public:
  StyledList(std::span<const Value> elements, ListStyle style, const Shape* shape)
      : elements_(elements), style_(style), shape_(shape) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(elements_.size()); }
  Value At(std::int64_t index, Arena&) const override {
    return elements_[static_cast<std::size_t>(index)];
  }
  ListStyle style() const override { return style_; }
  const Shape* shape() const override { return shape_; }

 private:
  std::span<const Value> elements_;
  ListStyle style_;
  const Shape* shape_;
};

}  // namespace

Value StyledEquals(const List& list, const List& other, Arena& arena) {
  if (list.size() != other.size()) return Value::Bool(false);
  const KeyIndex index(list, arena);
  for (std::int64_t i = 0; i < other.size(); ++i) {
    const Value theirs = other.At(i, arena);
    const auto at = index.Find(KeyOf(list, theirs, arena));
    if (!at) return Value::Bool(false);
    if (list.style() == ListStyle::kSet) continue;
    const Value equal = EqualValues(list.At(*at, arena), theirs, arena);
    if (!equal.is_true()) return equal;
  }
  return Value::Bool(true);
}

Value StyledPlus(const List& list, const List& other, Arena& arena) {
  const KeyIndex index(list, arena);
  const auto elements = arena.NewArray<Value>(static_cast<std::size_t>(list.size() + other.size()));
  std::size_t count = 0;
  for (std::int64_t i = 0; i < list.size(); ++i) elements[count++] = list.At(i, arena);
  std::vector<ElementKey> added;  // a set takes each new element once
  for (std::int64_t i = 0; i < other.size(); ++i) {
    const Value theirs = other.At(i, arena);
    ElementKey key = KeyOf(list, theirs, arena);
    if (const auto at = index.Find(key)) {
      if (list.style() == ListStyle::kMap) elements[static_cast<std::size_t>(*at)] = theirs;
      continue;
    }
    if (list.style() == ListStyle::kSet) {
      const auto place = std::lower_bound(added.begin(), added.end(), key, IsLess);
      if (place != added.end() && !IsLess(key, *place)) continue;
      added.insert(place, std::move(key));
    }
    elements[count++] = theirs;
  }
  return Value::Of(static_cast<const List*>(
      arena.New<StyledList>(elements.first(count), list.style(), list.shape())));
}

}  // namespace apiserver::cel
