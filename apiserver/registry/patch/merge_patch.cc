#include "apiserver/registry/patch/merge_patch.h"

#include <algorithm>

#include "apiserver/api/json_parse.h"
#include "apiserver/registry/patch/go_print.h"

namespace apiserver {
namespace {

// What is new in the target keeps none of the patch's nulls, but for those that are items of lists.
void PruneNulls(Value& value) {
  if (Object* object = value.if_object()) {
    for (auto at = object->begin(); at != object->end();) {
      if (at->value().is_null()) {
        at = object->stable_erase(at);
      } else {
        PruneNulls(at->value());
        ++at;
      }
    }
  } else if (Array* array = value.if_array()) {
    for (Value& item : *array) PruneNulls(item);
  }
}

}  // namespace

void MergeInto(Object& target, const Object& patch) {
  for (const auto& member : patch) {
    const auto at = target.find(member.key());
    if (member.value().is_null()) {
      if (at != target.end()) target.stable_erase(at);
      continue;
    }
    if (at != target.end() && at->value().is_object() && member.value().is_object()) {
      MergeInto(at->value().get_object(), member.value().get_object());
      continue;
    }
    Value added(member.value(), target.storage());
    PruneNulls(added);
    target.insert_or_assign(member.key(), std::move(added));
  }
}

namespace {

Patched ReplaceByList(Value list) {
  for (Value& item : list.get_array()) PruneNulls(item);
  return Patched{std::move(list), {}};
}

}  // namespace

ApiResult<Patched> ApplyMergePatch(const Value& original, std::string_view body,
                                   JsonStorage storage, PatchReading reading) {
  JsonParseResult patch = ParseJson(body, storage);
  if (reading == PatchReading::kPlain) {
    if (patch.ok() && patch.value.is_array()) return ReplaceByList(std::move(patch.value));
    if (!patch.ok() || !patch.value.is_object()) return BadRequestError("Invalid JSON Patch");
  }
  if (!patch.ok()) return BadRequestError("error decoding patch: " + patch.error);
  if (patch.value.is_null() || !original.is_object()) return BadRequestError("Invalid JSON Patch");
  if (!patch.value.is_object()) {
    return BadRequestError("error decoding patch: json: cannot unmarshal " +
                           JsonKindName(patch.value) +
                           " into Go value of type map[string]interface {}");
  }
  Patched patched{Value(original, storage), {}};
  MergeInto(patched.object.get_object(), patch.value.get_object());
  for (const std::string& path : patch.duplicate_fields) {
    patched.strict_errors.push_back("duplicate field \"" + path + "\"");
  }
  return patched;
}

void SortVisitedByMergePatch(Value& patched, const Value& patch) {
  if (patched.is_object() && patch.is_object()) {
    SortMembers(patched.get_object());
    for (const auto& member : patch.get_object()) {
      Value* below = patched.get_object().if_contains(member.key());
      if (below != nullptr) SortVisitedByMergePatch(*below, member.value());
    }
  } else if (patched.is_array() && patch.is_array()) {
    Array& items = patched.get_array();
    const Array& given = patch.get_array();
    for (std::size_t i = 0; i < std::min(items.size(), given.size()); ++i) {
      SortVisitedByMergePatch(items[i], given[i]);
    }
  }
}

}  // namespace apiserver
