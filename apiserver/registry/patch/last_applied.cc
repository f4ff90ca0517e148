#include "apiserver/registry/patch/last_applied.h"

#include <algorithm>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

// Go prints maps with sorted keys.
Value SortedMembers(const Value& value) {
  if (const Array* array = value.if_array()) {
    Array out;
    for (const Value& item : *array) out.push_back(SortedMembers(item));
    return Value(std::move(out));
  }
  const Object* object = value.if_object();
  if (object == nullptr) return value;
  std::vector<const boost::json::key_value_pair*> members;
  for (const auto& member : *object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  Object out;
  for (const auto* member : members) out.emplace(member->key(), SortedMembers(member->value()));
  return Value(std::move(out));
}

}  // namespace

std::vector<FieldConflict> WithoutLastApplied(std::vector<FieldConflict> conflicts,
                                              const Value& live,
                                              const FieldManagerContext& context) {
  const std::string_view text = TextAt(live, {"metadata", "annotations", kLastAppliedAnnotation});
  if (text.empty()) return conflicts;
  const JsonParseResult last = ParseJson(text);
  if (!last.ok() || TextAt(last.value, {"apiVersion"}) != context.api_version) return conflicts;
  const TypedNode schema = SchemaOf(context);
  if (!ValidateTyped(schema, last.value, Duplicates::kRefused).empty()) return conflicts;
  const Comparison comparison = CompareTyped(schema, last.value, live);
  const FieldSet allowed = FieldSetOf(schema, last.value)
                               .Difference(comparison.modified)
                               .Difference(comparison.added)
                               .Difference(comparison.removed);
  std::erase_if(conflicts,
                [&](const FieldConflict& conflict) { return allowed.Has(conflict.path); });
  return conflicts;
}

void RefreshLastApplied(Value& object, const Value& config) {
  Value* annotation = FindPath(object, {"metadata", "annotations", kLastAppliedAnnotation});
  if (annotation == nullptr || !annotation->is_string() || annotation->get_string().empty()) return;
  Value copy = SortedMembers(config);
  if (Value* annotations = FindPath(copy, {"metadata", "annotations"});
      annotations != nullptr && annotations->is_object()) {
    annotations->get_object().erase(kLastAppliedAnnotation);
  }
  *annotation = Value(ToJson(copy) + "\n", annotation->storage());
}

}  // namespace apiserver
