#include "apiserver/cel/map_value.h"

#include <algorithm>
#include <cmath>

#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

// Text and types by their bytes, numbers together, the rest by kind alone.
int ScalarClass(const Value& value) {
  return value.is_number() ? static_cast<int>(Kind::kInt) : static_cast<int>(value.kind());
}

int Sign(auto a, auto b) { return a < b ? -1 : b < a ? 1 : 0; }

bool IsNan(const Value& value) {
  return value.kind() == Kind::kDouble && std::isnan(value.as_double());
}

}  // namespace

int OrderScalars(const Value& a, const Value& b) {
  if (const int by_class = Sign(ScalarClass(a), ScalarClass(b)); by_class != 0) return by_class;
  switch (a.kind()) {
    case Kind::kBool:
      return Sign(a.as_bool(), b.as_bool());
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
      if (IsNan(a) || IsNan(b)) return Sign(!IsNan(a), !IsNan(b));
      return CompareNumbers(a, b).value_or(0);
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType:
    case Kind::kError:
      return Sign(a.as_text(), b.as_text());
    case Kind::kDuration:
      return Sign(a.as_duration(), b.as_duration());
    case Kind::kTimestamp:
      return Sign(a.as_timestamp(), b.as_timestamp());
    case Kind::kNull:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
    case Kind::kOpaque:
      return 0;
  }
  return 0;
}

std::vector<std::uint32_t>::const_iterator MapValue::LowerBound(const Value& key) const {
  return std::lower_bound(order_.begin(), order_.end(), key,
                          [&](std::uint32_t index, const Value& wanted) {
                            return OrderScalars(entries_[index].key, wanted) < 0;
                          });
}

const MapValue::Entry* MapValue::FindEntry(const Value& key) const {
  const auto at = LowerBound(key);
  if (at == order_.end() || OrderScalars(entries_[*at].key, key) != 0) return nullptr;
  return &entries_[*at];
}

std::optional<Value> MapValue::Find(const Value& key, Arena&) const {
  if (key.is_error()) return key;
  const Entry* entry = FindEntry(key);
  if (entry == nullptr) return std::nullopt;
  return entry->value;
}

void MapValue::Set(const Value& key, const Value& value) {
  const auto at = LowerBound(key);
  if (at != order_.end() && OrderScalars(entries_[*at].key, key) == 0) {
    entries_[*at].value = value;
    return;
  }
  order_.insert(at, static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back({key, value});
}

void MapValue::Erase(const Value& key) {
  const auto at = LowerBound(key);
  if (at == order_.end() || OrderScalars(entries_[*at].key, key) != 0) return;
  const std::uint32_t index = *at;
  order_.erase(at);
  entries_.erase(entries_.begin() + index);
  for (std::uint32_t& other : order_) other -= other > index ? 1 : 0;
}

}  // namespace apiserver::cel
