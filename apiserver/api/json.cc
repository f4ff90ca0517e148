#include "apiserver/api/json.h"

#include <algorithm>
#include <vector>

namespace apiserver {

const Value* Find(const Value& value, std::string_view name) {
  const Object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

Value* Find(Value& value, std::string_view name) {
  Object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

const Value* FindPath(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* at = &value;
  for (std::string_view name : path) {
    at = Find(*at, name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

Value* FindPath(Value& value, std::initializer_list<std::string_view> path) {
  return const_cast<Value*>(FindPath(static_cast<const Value&>(value), path));
}

std::string_view TextAt(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* at = FindPath(value, path);
  if (at == nullptr || !at->is_string()) return {};
  return {at->get_string().data(), at->get_string().size()};
}

std::int64_t IntAt(const Value& value, std::initializer_list<std::string_view> path,
                   std::int64_t fallback) {
  const Value* at = FindPath(value, path);
  if (at == nullptr) return fallback;
  if (at->is_int64()) return at->get_int64();
  if (at->is_uint64()) return static_cast<std::int64_t>(at->get_uint64());
  return fallback;
}

bool BoolAt(const Value& value, std::initializer_list<std::string_view> path, bool fallback) {
  const Value* at = FindPath(value, path);
  return at != nullptr && at->is_bool() ? at->get_bool() : fallback;
}

Object& EnsureObject(Object& object, std::string_view name) {
  Value& member = object[name];
  if (!member.is_object()) member.emplace_object();
  return member.get_object();
}

Object& EnsureObject(Value& value, std::string_view name) {
  return EnsureObject(value.get_object(), name);
}

void SortMembers(Object& object) {
  const auto key_less = [](const auto& a, const auto& b) { return a.key() < b.key(); };
  if (std::is_sorted(object.begin(), object.end(), key_less)) return;
  std::vector<boost::json::key_value_pair*> members;
  members.reserve(object.size());
  for (auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  Object sorted(object.storage());
  sorted.reserve(members.size());
  for (auto* member : members) sorted.emplace(member->key(), std::move(member->value()));
  object = std::move(sorted);
}

}  // namespace apiserver
