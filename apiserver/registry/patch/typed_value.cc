#include "apiserver/registry/patch/typed_value.h"

#include <algorithm>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

// A map or list whose parts nobody owns apart.
const Type kAtomicAny = [] {
  Type type;
  type.is_atomic = true;
  return type;
}();

TypedNode::Shape ShapeOfValue(const Value* value) {
  if (value == nullptr || value->is_null() || value->is_object()) return TypedNode::Shape::kMap;
  return value->is_array() ? TypedNode::Shape::kList : TypedNode::Shape::kScalar;
}

}  // namespace

TypedNode::Shape TypedNode::ShapeOf(const Value* value) const {
  if (type_ == nullptr) return ShapeOfValue(value);
  switch (type_->kind) {
    case TypeKind::kStruct:
    case TypeKind::kMap:
      return Shape::kMap;
    case TypeKind::kList:
      return Shape::kList;
    case TypeKind::kAny:
      return ShapeOfValue(value);
    case TypeKind::kString:
    case TypeKind::kBool:
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
    case TypeKind::kBytes:
    case TypeKind::kQuantity:
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
    case TypeKind::kDuration:
    case TypeKind::kIntOrString:
      return Shape::kScalar;
  }
  return Shape::kScalar;
}

bool TypedNode::IsAtomic(Shape shape) const {
  if (is_atomic_) return true;
  // Built-in types own what they do not know as one.
  const bool is_raw = type_ != nullptr && type_->kind == TypeKind::kAny && !type_->name.empty();
  if (is_raw && !type_->preserve_unknown_fields) return true;
  if (shape != Shape::kList) return false;
  return type_ == nullptr || type_->kind != TypeKind::kList ||
         type_->list_type == ListType::kAtomic;
}

bool TypedNode::Names(std::string_view name) const {
  return type_ != nullptr && type_->kind == TypeKind::kStruct && type_->FindField(name) != nullptr;
}

bool TypedNode::Refuses(std::string_view name) const {
  return type_ != nullptr && type_->kind == TypeKind::kStruct && !type_->preserve_unknown_fields &&
         !type_->fields.empty() && type_->FindField(name) == nullptr;
}

TypedNode TypedNode::Member(std::string_view name, bool& is_named) const {
  is_named = false;
  if (type_ == nullptr) return Deduced();
  if (type_->kind == TypeKind::kMap && type_->element != nullptr) return Of(*type_->element);
  if (type_->kind != TypeKind::kStruct) return Deduced();
  const Field* field = type_->FindField(name);
  if (field == nullptr) return Deduced();
  is_named = true;
  const bool is_atomic = field->is_atomic || (field->type->is_atomic && !field->declares_granular);
  return TypedNode(field->type, is_atomic);
}

TypedNode TypedNode::Item() const {
  if (type_ == nullptr || type_->kind != TypeKind::kList || type_->element == nullptr) {
    return Of(kAtomicAny);
  }
  return Of(*type_->element);
}

sim::Result<PathElement> TypedNode::KeyOf(const Value& item) const {
  if (item.is_null()) {
    return sim::Error{"associative list with keys may not have a null element"};
  }
  if (!item.is_object()) {
    return sim::Error{"associative list with keys may not have non-map elements"};
  }
  Object fields;
  for (std::string_view key : type_->list_map_keys) {
    if (const Value* value = item.get_object().if_contains(key)) {
      fields.emplace(key, *value);
      continue;
    }
    const Field* field = type_->element == nullptr ? nullptr : type_->element->FindField(key);
    if (field == nullptr || field->default_json.empty()) continue;
    fields.emplace(key, ParseJson(field->default_json).value);
  }
  if (fields.empty()) {
    std::string keys;
    for (std::string_view key : type_->list_map_keys) {
      keys += (keys.empty() ? "\"" : " \"") + std::string(key) + "\"";
    }
    return sim::Error{"associative list with keys has an element that omits all key fields [" +
                      keys + "] (and doesn't have default values for any key fields)"};
  }
  return PathElement::Key(std::move(fields));
}

sim::Result<PathElement> TypedNode::ElementOf(const Value& item) const {
  if (type_->list_type == ListType::kMap && !type_->list_map_keys.empty()) return KeyOf(item);
  if (item.is_object()) {
    return sim::Error{"associative list without keys has an element that's a map type"};
  }
  if (item.is_array()) {
    return sim::Error{"not supported: associative list with lists as elements"};
  }
  if (item.is_null()) {
    return sim::Error{"associative list without keys has an element that's an explicit null"};
  }
  return PathElement::OfValue(item);
}

bool ValuesEqual(const Value& a, const Value& b) {
  if (const Object* left = a.if_object()) {
    const Object* right = b.if_object();
    if (right == nullptr || left->size() != right->size()) return false;
    return std::all_of(left->begin(), left->end(), [&](const auto& member) {
      const Value* other = right->if_contains(member.key());
      return other != nullptr && ValuesEqual(member.value(), *other);
    });
  }
  if (const Array* left = a.if_array()) {
    const Array* right = b.if_array();
    return right != nullptr &&
           std::equal(left->begin(), left->end(), right->begin(), right->end(), ValuesEqual);
  }
  if (a.kind() == b.kind()) return a == b;
  return CompareValues(a, b) == 0;
}

}  // namespace apiserver
