#include "apiserver/registry/custom/list_types.h"

#include <map>
#include <string>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

// Where something appears for the second time; further times are not told.
std::vector<std::size_t> FindRepeated(const std::vector<Value>& identities) {
  std::vector<std::size_t> repeated;
  std::map<std::string, int> seen;
  for (std::size_t index = 0; index < identities.size(); ++index) {
    // Numbers of different kinds are different: 1.0 is written "1.0".
    const std::string text = ToJson(identities[index]);
    if (++seen[text] == 2) repeated.push_back(index);
  }
  return repeated;
}

std::string At(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void CheckSet(const Array& array, const std::string& path, FieldErrors& errors) {
  const std::vector<Value> items(array.begin(), array.end());
  for (const std::size_t index : FindRepeated(items))
    errors.push_back(FieldDuplicate(At(path, index), array[index]));
}

void CheckMap(const SchemaNode& schema, const Array& array, const std::string& path,
              FieldErrors& errors) {
  std::vector<Value> keys;
  for (std::size_t index = 0; index < array.size(); ++index) {
    const Value& item = array[index];
    if (!item.is_null() && !item.is_object()) {
      errors.push_back(
          FieldInvalid(At(path, index), item, "must be an object for an array of list-type map"));
      return;
    }
    Object key;
    for (const std::string_view name : schema.list_map_keys) {
      const Value* part = item.is_null() ? nullptr : item.get_object().if_contains(name);
      if (part != nullptr) key[name] = *part;
    }
    keys.emplace_back(std::move(key));
  }
  for (const std::size_t index : FindRepeated(keys))
    errors.push_back(FieldDuplicate(At(path, index), keys[index]));
}

void Check(const SchemaNode& schema, const Value& value, const std::string& path,
           FieldErrors& errors) {
  if (value.is_array()) {
    const Array& array = value.get_array();
    if (schema.list_type == SchemaListType::kSet) CheckSet(array, path, errors);
    if (schema.list_type == SchemaListType::kMap) CheckMap(schema, array, path, errors);
    for (std::size_t index = 0; schema.items != nullptr && index < array.size(); ++index)
      Check(*schema.items, array[index], At(path, index), errors);
    return;
  }
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) {
    const std::string name(member.key());
    if (schema.additional != nullptr)
      Check(*schema.additional, member.value(), path + "[" + name + "]", errors);
    if (const SchemaNode* property = schema.FindProperty(name))
      Check(*property, member.value(), path.empty() ? name : path + "." + name, errors);
  }
}

}  // namespace

FieldErrors ValidateListTypes(const SchemaNode& schema, const Value& object) {
  FieldErrors errors;
  Check(schema, object, "", errors);
  return errors;
}

}  // namespace apiserver
