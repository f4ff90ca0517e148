#include "apiserver/registry/custom/prune.h"

#include <algorithm>

#include "apiserver/registry/custom/schema_type.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

using Unknown = std::vector<std::string>;

std::string Joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

void SortMembers(Value& value) {
  Object& object = value.get_object();
  const bool is_sorted = std::is_sorted(
      object.begin(), object.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  if (is_sorted) return;
  std::vector<std::string> keys;
  keys.reserve(object.size());
  for (const auto& member : object) keys.emplace_back(member.key());
  std::sort(keys.begin(), keys.end());
  Object sorted(object.storage());
  sorted.reserve(object.size());
  for (const std::string& key : keys) sorted[key] = std::move(object[key]);
  object = std::move(sorted);
}

void Prune(const Type& type, Value& value, const std::string& path, Unknown* unknown);

// What no type describes is kept and sorted.
void SortDeep(Value& value) {
  if (value.is_object()) {
    SortMembers(value);
    for (auto& member : value.get_object()) SortDeep(member.value());
  } else if (value.is_array()) {
    for (Value& item : value.get_array()) SortDeep(item);
  }
}

void PruneStruct(const Type& type, Value& value, const std::string& path, Unknown* unknown) {
  SortMembers(value);
  Object& object = value.get_object();
  std::vector<std::string> removed;
  for (auto& member : object) {
    const Field* field = type.FindField(member.key());
    if (field != nullptr) {
      Prune(*field->type, member.value(), Joined(path, member.key()), unknown);
    } else if (type.preserve_unknown_fields) {
      SortDeep(member.value());
    } else {
      removed.emplace_back(member.key());
    }
  }
  for (const std::string& name : removed) {
    if (unknown != nullptr) unknown->push_back(Joined(path, name));
    object.erase(name);
  }
  if (!removed.empty()) SortMembers(value);
}

void Prune(const Type& type, Value& value, const std::string& path, Unknown* unknown) {
  if (type.kind == TypeKind::kStruct && value.is_object()) {
    PruneStruct(type, value, path, unknown);
  } else if (type.kind == TypeKind::kMap && value.is_object()) {
    SortMembers(value);
    for (auto& member : value.get_object()) {
      Prune(*type.element, member.value(), Joined(path, member.key()), unknown);
    }
  } else if (type.kind == TypeKind::kList && value.is_array()) {
    std::size_t index = 0;
    for (Value& item : value.get_array()) {
      Prune(*type.element, item, path + "[" + std::to_string(index++) + "]", unknown);
    }
  } else if (type.kind == TypeKind::kAny) {
    SortDeep(value);
  }
}

}  // namespace

bool IsCustomRoot(const Type& type) { return type.go_name == kCustomRootName; }

std::string NormalizeCustom(const Type& root, Value& object, std::vector<std::string>* unknown) {
  Unknown found;
  std::string error;
  Value* metadata = Find(object, "metadata");
  if (metadata != nullptr && metadata->is_null()) {
    object.get_object().erase("metadata");
    metadata = nullptr;
  }
  if (metadata != nullptr) {
    NormalizeResult result =
        Normalize(*root.FindField("metadata")->type, *metadata,
                  unknown == nullptr ? UnknownFields::kIgnore : UnknownFields::kReport);
    error = std::move(result.error);
    for (const std::string& name : result.unknown_fields) found.push_back("metadata." + name);
  }
  const bool has_metadata = metadata != nullptr && metadata->is_object();
  Prune(root, object, "", &found);
  if (has_metadata) SortDeep(*Find(object, "metadata"));
  if (unknown != nullptr) *unknown = std::move(found);
  return error;
}

}  // namespace apiserver
