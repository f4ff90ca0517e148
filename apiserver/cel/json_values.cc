#include "apiserver/cel/json_values.h"

#include <algorithm>

#include "apiserver/cel/operators.h"

namespace apiserver::cel {

const Shape::Property* Shape::FindProperty(std::string_view cel_name) const {
  const auto at =
      std::lower_bound(properties.begin(), properties.end(), cel_name,
                       [](const Property& p, std::string_view name) { return p.cel_name < name; });
  return at != properties.end() && at->cel_name == cel_name ? &*at : nullptr;
}

void Shape::AddProperty(std::string name, std::unique_ptr<Shape> shape) {
  std::string cel_name = EscapeIdentifier(name).value_or(name);
  const auto at =
      std::lower_bound(properties.begin(), properties.end(), cel_name,
                       [](const Property& p, const std::string& key) { return p.cel_name < key; });
  properties.insert(at, Property{std::move(cel_name), std::move(name), std::move(shape)});
}

Value JsonList::At(std::int64_t index, Arena& arena) const {
  return FromJson((*array_)[static_cast<std::size_t>(index)],
                  shape_ == nullptr ? nullptr : shape_->items.get(), arena);
}

std::optional<Value> JsonMap::Find(const Value& key, Arena& arena) const {
  if (key.kind() != Kind::kString) {
    if (key.is_error()) return key;
    if (shape_ == nullptr) return std::nullopt;
    return Value::Error("no such overload");
  }
  if (shape_ == nullptr || shape_->kind == Shape::Kind::kMap) {
    const apiserver::Value* found = object_->if_contains(key.as_text());
    if (found == nullptr) return std::nullopt;
    return FromJson(*found, shape_ == nullptr ? nullptr : shape_->items.get(), arena);
  }
  const Shape::Property* property = shape_->FindProperty(key.as_text());
  if (property == nullptr) {
    // A reserved word may stand after a dot as it is.
    if (const auto escaped = EscapeIdentifier(key.as_text()))
      property = shape_->FindProperty(*escaped);
  }
  if (property == nullptr) return std::nullopt;
  const apiserver::Value* found = object_->if_contains(property->name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return FromJson(*found, property->shape.get(), arena);
}

JsonMap::Field JsonMap::FieldOf(std::string_view name) const {
  if (shape_ == nullptr) return {true, nullptr};
  if (shape_->kind == Shape::Kind::kMap) return {true, shape_->items.get()};
  // Most names are their own CEL name.
  if (const auto* same = shape_->FindProperty(name); same != nullptr && same->name == name) {
    return {true, same->shape.get()};
  }
  for (const Shape::Property& property : shape_->properties) {
    if (property.name == name) return {true, property.shape.get()};
  }
  return {false, nullptr};
}

std::int64_t JsonMap::entry_count() const {
  if (shape_ == nullptr || shape_->kind == Shape::Kind::kMap) return size();
  if (known_count_ < 0) {
    known_count_ = std::count_if(object_->begin(), object_->end(),
                                 [&](const auto& entry) { return FieldOf(entry.key()).is_known; });
  }
  return known_count_;
}

const Object::value_type& JsonMap::EntryAt(std::int64_t index) const {
  if (entry_count() == size()) return object_->begin()[index];
  for (const auto& entry : *object_) {
    if (FieldOf(entry.key()).is_known && index-- == 0) return entry;
  }
  SIM_CHECK(false);
}

Value JsonMap::KeyAt(std::int64_t index, Arena& arena) const {
  const std::string_view name = EntryAt(index).key();
  if (shape_ != nullptr && shape_->kind == Shape::Kind::kObject) {
    if (const auto escaped = EscapeIdentifier(name); escaped && *escaped != name) {
      return NewString(arena, *escaped);
    }
  }
  return Value::String(name);
}

Value JsonMap::ValueAt(std::int64_t index, Arena& arena) const {
  const auto& entry = EntryAt(index);
  return FromJson(entry.value(), FieldOf(entry.key()).shape, arena);
}

Value JsonMap::Equals(const Map& other, Arena& arena) const {
  if (size() != other.size()) return Value::Bool(false);
  const auto* other_json = dynamic_cast<const JsonMap*>(&other);
  const bool is_object = shape_ != nullptr && shape_->kind != Shape::Kind::kMap;
  for (const auto& entry : *object_) {
    const Field field = FieldOf(entry.key());
    if (!field.is_known) {
      if (other_json == nullptr) return Value::Error("no such overload");
      const apiserver::Value* theirs = other_json->RawField(entry.key());
      if (theirs != nullptr && !JsonEquals(entry.value(), *theirs)) return Value::Bool(false);
      continue;
    }
    std::optional<Value> mine;
    if (!is_object || !entry.value().is_null()) mine = FromJson(entry.value(), field.shape, arena);
    const auto theirs = other.Find(Value::String(entry.key()), arena);
    if (mine.has_value() != theirs.has_value()) return Value::Bool(false);
    if (!mine) continue;
    const Value equal = EqualValues(*mine, *theirs, arena);
    if (!equal.is_true()) return equal;
  }
  return Value::Bool(true);
}

bool PreservedJson::Equals(const Opaque& other) const {
  return JsonEquals(*json_, static_cast<const PreservedJson&>(other).json());
}

bool JsonEquals(const apiserver::Value& a, const apiserver::Value& b) {
  if (a.is_object() && b.is_object()) {
    const Object& left = a.get_object();
    if (left.size() != b.get_object().size()) return false;
    return std::all_of(left.begin(), left.end(), [&](const auto& entry) {
      const apiserver::Value* other = b.get_object().if_contains(entry.key());
      return other != nullptr && JsonEquals(entry.value(), *other);
    });
  }
  if (a.is_array() && b.is_array()) {
    const Array& left = a.get_array();
    const Array& right = b.get_array();
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(), JsonEquals);
  }
  return a.kind() == b.kind() && a == b;
}

}  // namespace apiserver::cel
