#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

const Object& EmptyObject() {
  static const Object empty;
  return empty;
}

const Array& EmptyArray() {
  static const Array empty;
  return empty;
}

}  // namespace

bool IsSet(const Object& object, std::string_view name) {
  const Value* member = object.if_contains(name);
  return member != nullptr && !member->is_null();
}

bool IsSet(const Value& value, std::string_view name) { return IsSet(AsObject(value), name); }

std::string_view AsText(const Value& value) {
  return value.is_string() ? std::string_view(value.get_string().data(), value.get_string().size())
                           : std::string_view();
}

const Object& AsObject(const Value& value) {
  return value.is_object() ? value.get_object() : EmptyObject();
}

std::string_view TextOf(const Object& object, std::string_view name) {
  const Value* member = object.if_contains(name);
  return member == nullptr ? std::string_view() : AsText(*member);
}

std::string_view TextOf(const Value& value, std::string_view name) {
  return TextOf(AsObject(value), name);
}

std::int64_t IntOf(const Object& object, std::string_view name, std::int64_t fallback) {
  const Value* member = object.if_contains(name);
  if (member == nullptr) return fallback;
  if (member->is_int64()) return member->get_int64();
  if (member->is_uint64()) return static_cast<std::int64_t>(member->get_uint64());
  return fallback;
}

bool FlagOf(const Object& object, std::string_view name) {
  const Value* member = object.if_contains(name);
  return member != nullptr && member->is_bool() && member->get_bool();
}

const Object& ObjectOf(const Object& object, std::string_view name) {
  const Value* member = object.if_contains(name);
  return member != nullptr && member->is_object() ? member->get_object() : EmptyObject();
}

const Object& ObjectOf(const Value& value, std::string_view name) {
  return ObjectOf(AsObject(value), name);
}

const Array& ArrayOf(const Object& object, std::string_view name) {
  const Value* member = object.if_contains(name);
  return member != nullptr && member->is_array() ? member->get_array() : EmptyArray();
}

const Array& ArrayOf(const Value& value, std::string_view name) {
  return ArrayOf(AsObject(value), name);
}

Object* IfObjectOf(Object& object, std::string_view name) {
  Value* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

Array* IfArrayOf(Object& object, std::string_view name) {
  Value* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_array();
}

void StoreEmptyAsNull(Object& object, std::string_view name) {
  Value* list = object.if_contains(name);
  if (list != nullptr && list->is_array() && list->get_array().empty()) *list = nullptr;
}

void TakeMember(Object& to, const Object& from, std::string_view name) {
  if (IsSet(from, name)) {
    to[name] = from.at(name);
  } else {
    to.erase(name);
  }
}

void TakeStatusMetadata(Object& object, const Object& old) {
  Object& metadata = EnsureObject(object, "metadata");
  const Object& before = ObjectOf(old, "metadata");
  for (std::string_view name : {"labels", "annotations", "finalizers", "ownerReferences"}) {
    TakeMember(metadata, before, name);
  }
}

void FillText(Object& object, std::string_view name, std::string_view text) {
  Value& member = object[name];
  if (member.is_null() || (member.is_string() && member.get_string().empty())) {
    member.emplace_string().assign(text);
  }
}

void FillPointer(Object& object, std::string_view name, const Value& value) {
  Value& member = object[name];
  if (member.is_null()) member = value;
}

void FillInt(Object& object, std::string_view name, std::int64_t number) {
  if (IntOf(object, name) == 0) object[name] = number;
}

}  // namespace apiserver
