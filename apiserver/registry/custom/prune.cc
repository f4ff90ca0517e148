#include "apiserver/registry/custom/prune.h"

#include <algorithm>

#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/embedded_objects.h"
#include "apiserver/registry/custom/schema_type.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

bool IsMetaField(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

class Pruner {
 public:
  explicit Pruner(std::vector<std::string>* unknown) : unknown_(unknown) {}

  // `schema` is null below what no schema describes: there, everything goes. `keeps` when a list
  // above says that its items' unknown members stay.
  void Prune(const SchemaNode* schema, bool is_resource, bool keeps, Value& value) {
    keeps = keeps || (schema != nullptr && schema->preserves_unknown);
    if (value.is_object()) {
      PruneObject(schema, is_resource, keeps, value.get_object());
    } else if (value.is_array()) {
      PruneArray(schema, keeps, value.get_array());
    }
  }

 private:
  void PruneObject(const SchemaNode* schema, bool is_resource, bool keeps, Object& object) {
    std::vector<std::string> removed;
    for (auto& member : object) {
      const std::string_view name = member.key();
      if (is_resource && IsMetaField(name)) continue;
      const SchemaNode* property = schema == nullptr ? nullptr : schema->FindProperty(name);
      if (property != nullptr || (schema != nullptr && schema->has_additional)) {
        const SchemaNode* below = property != nullptr ? property : schema->additional.get();
        const std::size_t length = Enter(name);
        Prune(below, below != nullptr && below->is_embedded_resource, false, member.value());
        path_.resize(length);
      } else if (!keeps) {
        if (!IsMetaField(name) || !path_.empty()) Record(name);
        removed.emplace_back(name);
      }
    }
    for (const std::string& name : removed) object.erase(name);
  }

  void PruneArray(const SchemaNode* schema, bool keeps, Array& array) {
    const SchemaNode* items = schema == nullptr ? nullptr : schema->items.get();
    if (items == nullptr && keeps) return;
    for (std::size_t index = 0; index < array.size(); ++index) {
      const std::size_t length = path_.size();
      if (unknown_ != nullptr) path_ += "[" + std::to_string(index) + "]";
      Prune(items, items != nullptr && items->is_embedded_resource, keeps, array[index]);
      path_.resize(length);
    }
  }

  std::size_t Enter(std::string_view name) {
    const std::size_t length = path_.size();
    if (unknown_ != nullptr) {
      if (!path_.empty()) path_ += '.';
      path_ += name;
    }
    return length;
  }

  void Record(std::string_view name) {
    if (unknown_ == nullptr) return;
    const std::size_t length = Enter(name);
    unknown_->push_back(path_);
    path_.resize(length);
  }

  std::vector<std::string>* unknown_;
  std::string path_;
};

}  // namespace

bool IsCustomRoot(const Type& type) { return type.go_name == kCustomRootName; }

void SortAllMembers(Value& value) {
  if (value.is_object()) {
    SortMembers(value.get_object());
    for (auto& member : value.get_object()) SortAllMembers(member.value());
  } else if (value.is_array()) {
    for (Value& item : value.get_array()) SortAllMembers(item);
  }
}

void PruneValue(const SchemaNode& schema, bool is_root, Value& value,
                std::vector<std::string>* unknown) {
  std::vector<std::string> found;
  Pruner(unknown == nullptr ? nullptr : &found)
      .Prune(&schema, is_root || schema.is_embedded_resource, false, value);
  std::sort(found.begin(), found.end());
  if (unknown != nullptr) unknown->insert(unknown->end(), found.begin(), found.end());
}

std::string NormalizeCustomMeta(const Type& root, Value& object,
                                std::vector<std::string>* unknown) {
  Value* metadata = Find(object, "metadata");
  if (metadata != nullptr && metadata->is_null()) {
    object.get_object().erase("metadata");
    metadata = nullptr;
  }
  if (metadata == nullptr) return {};
  NormalizeResult result =
      Normalize(*root.FindField("metadata")->type, *metadata,
                unknown == nullptr ? UnknownFields::kIgnore : UnknownFields::kReport);
  if (!result.ok()) return result.error;
  if (unknown != nullptr) {
    for (const std::string& name : result.unknown_fields) unknown->push_back("metadata." + name);
  }
  return {};
}

std::string NormalizeCustom(const Type& root, Value& object, std::vector<std::string>* unknown) {
  if (std::string error = NormalizeCustomMeta(root, object, unknown); !error.empty()) return error;
  if (const SchemaNode* schema = SchemaOfRoot(root)) {
    PruneValue(*schema, true, object, unknown);
    RemoveNulls(*schema, object);
    if (std::string error = CoerceEmbedded(*schema, object, unknown); !error.empty()) return error;
  }
  SortAllMembers(object);
  return {};
}

}  // namespace apiserver
