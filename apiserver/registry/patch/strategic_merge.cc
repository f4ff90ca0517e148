#include "apiserver/registry/patch/strategic_merge.h"

#include <algorithm>
#include <map>
#include <optional>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/registry/patch/go_print.h"
#include "apiserver/registry/patch/strategic_list.h"

namespace apiserver {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";
constexpr std::string_view kOrderPrefix = "$setElementOrder";

using Failure = std::optional<ApiError>;

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

Failure BadFormat(std::string_view of) {
  return BadRequestError("invalid patch format of " + std::string(of));
}

// Removes members and items that are directives. False: `value` is one itself.
bool RemoveDirectives(Value& value) {
  if (Object* object = value.if_object()) {
    if (object->contains(kDirective)) return false;
    for (auto at = object->begin(); at != object->end();) {
      if (RemoveDirectives(at->value())) {
        ++at;
      } else {
        at = object->stable_erase(at);
      }
    }
  } else if (Array* array = value.if_array()) {
    array->erase(std::remove_if(array->begin(), array->end(),
                                [](Value& item) { return !RemoveDirectives(item); }),
                 array->end());
  }
  return true;
}

void DiscardNulls(Value& value) {
  if (Object* object = value.if_object()) {
    for (auto at = object->begin(); at != object->end();) {
      if (at->value().is_null()) {
        at = object->stable_erase(at);
      } else {
        DiscardNulls(at->value());
        ++at;
      }
    }
  } else if (Array* array = value.if_array()) {
    for (Value& item : *array) DiscardNulls(item);
  }
}

// How a member merges: its type, and by the strategy declared on its field.
struct MemberRule {
  const Type* type = nullptr;
  bool is_merged = false;    // lists: item by item
  bool is_replaced = false;  // maps: as a whole
  std::string_view merge_key;
};

ApiResult<MemberRule> RuleOf(const Type* type, std::string_view name) {
  if (type == nullptr || type->kind != TypeKind::kStruct) {
    const bool is_map = type != nullptr && type->kind == TypeKind::kMap;
    if (type != nullptr && type->kind == TypeKind::kAny) {
      return PlainServerError(
          "unable to find api field in struct RawExtension for the json field \"" +
          std::string(name) + "\"");
    }
    return PlainServerError("merging an object in json but data type is not struct, instead is: " +
                            std::string(is_map ? "map" : "string"));
  }
  const Field* field = type->FindField(name);
  if (field == nullptr) {
    return PlainServerError("unable to find api field in struct " + std::string(type->go_name) +
                            " for the json field \"" + std::string(name) + "\"");
  }
  MemberRule rule;
  rule.type = field->type;
  rule.merge_key = field->type->patch_merge_key;
  switch (field->type->patch_strategy) {
    case PatchStrategy::kMerge:
    case PatchStrategy::kMergeRetainKeys:
      rule.is_merged = true;
      break;
    case PatchStrategy::kReplace:
      rule.is_replaced = true;
      break;
    case PatchStrategy::kNone:
    case PatchStrategy::kRetainKeys:
      break;
  }
  return rule;
}

ApiResult<MemberRule> ListRuleOf(const Type* type, std::string_view name) {
  ApiResult<MemberRule> rule = RuleOf(type, name);
  if (!rule.ok()) return rule;
  if (rule->type->kind != TypeKind::kList) {
    return PlainServerError("expected slice or array type, but got: struct");
  }
  rule->type = rule->type->element;
  return rule;
}

Failure MergeMap(Value& original, Value patch, const Type* type);

// Directives among the items: deletions take effect on `original`; true in `replaces` when the
// patch's remaining items are the whole new list.
Failure TakeSpecialItems(Array& original, Array& patch, std::string_view key, bool& replaces) {
  Array plain(patch.storage());
  for (Value& item : patch) {
    const Value* directive = Find(item, kDirective);
    if (directive == nullptr) {
      plain.push_back(std::move(item));
      continue;
    }
    if (*directive == "delete") {
      const Value* wanted = Find(item, key);
      if (wanted == nullptr) return NoMergeKeyError(item, key);
      const auto is_it = [&](const Value& one) {
        const Value* got = Find(one, key);
        return got != nullptr && *got == *wanted;
      };
      original.erase(std::remove_if(original.begin(), original.end(), is_it), original.end());
    } else if (*directive == "replace") {
      replaces = true;
    } else if (*directive == "merge") {
      return PlainServerError("merging lists cannot yet be specified in the patch");
    } else {
      return PlainServerError("unknown patch type: " + GoPrintAsText(*directive) +
                              " in map: " + GoPrint(item));
    }
  }
  patch = std::move(plain);
  return std::nullopt;
}

// Merges items with a key into `original`; new ones are appended and ordered later.
Failure MergeKeyedItems(Array& original, const Array& patch, std::string_view key,
                        const Type* element) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < original.size(); ++i) {
    const Value* at = Find(original[i], key);
    if (at != nullptr) places.emplace(KeyText(*at), i);
  }
  for (const Value& item : patch) {
    const Value* wanted = Find(item, key);
    if (wanted == nullptr) return NoMergeKeyError(item, key);
    const auto [at, is_new] = places.emplace(KeyText(*wanted), original.size());
    if (is_new) {
      original.push_back(item);
    } else if (Failure failure = MergeMap(original[at->second], item, element)) {
      return failure;
    }
  }
  return std::nullopt;
}

Failure MergeScalars(Array& original, const Array& patch) {
  original.insert(original.end(), patch.begin(), patch.end());
  std::set<std::string> seen;
  original.erase(
      std::remove_if(original.begin(), original.end(),
                     [&](const Value& item) { return !seen.insert(KeyText(item)).second; }),
      original.end());
  return std::nullopt;
}

// A list whose items merge. The patch's items come in their order, each before the first of ours
// that follows it in the live list.
Failure MergeList(Array& original, Array patch, const MemberRule& rule, bool is_delete_list) {
  if (original.empty() && patch.empty()) return std::nullopt;
  bool is_of_maps = false;
  if (Failure failure = CheckItemTypes(original, patch, is_of_maps)) return failure;
  Array live(original, original.storage());
  if (!is_of_maps) {
    if (is_delete_list) {
      std::set<std::string> doomed;
      for (const Value& item : patch) doomed.insert(KeyText(item));
      original.erase(
          std::remove_if(original.begin(), original.end(),
                         [&](const Value& item) { return doomed.contains(KeyText(item)); }),
          original.end());
      return std::nullopt;
    }
    if (Failure failure = MergeScalars(original, patch)) return failure;
    return OrderItems(original, patch, live, {});
  }
  if (rule.merge_key.empty()) {
    return PlainServerError("cannot merge lists without merge key for struct");
  }
  bool replaces = false;
  if (Failure failure = TakeSpecialItems(original, patch, rule.merge_key, replaces)) return failure;
  if (replaces) {
    original = std::move(patch);
    return std::nullopt;
  }
  live = Array(original, original.storage());
  if (Failure failure = MergeKeyedItems(original, patch, rule.merge_key, rule.type)) return failure;
  return OrderItems(original, patch, live, rule.merge_key);
}

Failure ApplyRetainKeys(Object& original, Object& patch) {
  const auto at = patch.find(kRetainKeys);
  if (at == patch.end()) return std::nullopt;
  const Value listed = at->value();
  patch.stable_erase(at);
  if (!listed.is_array()) return BadFormat("retainKeys");
  const auto is_listed = [&](boost::json::string_view key) {
    return std::any_of(listed.get_array().begin(), listed.get_array().end(), [&](const Value& one) {
      return one.is_string() && one.get_string() == key;
    });
  };
  for (const auto& member : patch) {
    if (member.value().is_null() || View(member.key()).starts_with(kDeletePrefix) ||
        View(member.key()).starts_with(kOrderPrefix)) {
      continue;
    }
    if (!is_listed(member.key())) return BadFormat("retainKeys");
  }
  for (auto member = original.begin(); member != original.end();) {
    member = is_listed(member->key()) ? std::next(member) : original.stable_erase(member);
  }
  return std::nullopt;
}

// One `$setElementOrder/NAME` together with the patch's list NAME.
Failure ApplyElementOrder(Object& original, Object& patch, std::string_view name,
                          const Value& order, const Type* type) {
  const auto require_list = [](const Value* value) -> Failure {
    if (value == nullptr || value->is_array()) return std::nullopt;
    return PlainServerError("expected a []interface {}, but received a " + GoTypeName(*value));
  };
  if (Failure failure = require_list(&order)) return failure;
  Value* live = original.if_contains(name);
  Value* patched = patch.if_contains(name);
  if (Failure failure = require_list(live)) return failure;
  if (Failure failure = require_list(patched)) return failure;
  const ApiResult<MemberRule> rule = ListRuleOf(type, name);
  if (!rule.ok()) return rule.error();
  const Array empty;
  const Array& patch_items = patched == nullptr ? empty : patched->get_array();
  if (Failure failure = CheckAgainstOrder(patch_items, order.get_array(), rule->merge_key)) {
    return failure;
  }
  if (live == nullptr && patched == nullptr) return std::nullopt;
  const Array live_items = live == nullptr ? Array() : live->get_array();
  Value merged(live == nullptr ? Array(original.storage()) : live->get_array(), original.storage());
  if (live == nullptr) {
    merged = *patched;
    RemoveDirectives(merged);
  } else if (patched != nullptr) {
    if (!rule->is_merged) {
      merged = *patched;
    } else if (Failure failure =
                   MergeList(merged.get_array(), patched->get_array(), *rule, false)) {
      return failure;
    }
  }
  if (live_items.empty() && patch_items.empty()) {
    return PlainServerError("no elements in any of the given slices");
  }
  bool is_of_maps = false;
  if (Failure failure = CheckItemTypes(live_items, patch_items, is_of_maps)) return failure;
  if (Failure failure =
          OrderItems(merged.get_array(), order.get_array(), live_items, rule->merge_key)) {
    return failure;
  }
  original.insert_or_assign(name, std::move(merged));
  patch.erase(name);
  return std::nullopt;
}

Failure ApplyElementOrders(Object& original, Object& patch, const Type* type) {
  std::vector<std::string> directives;
  for (const auto& member : patch) {
    if (View(member.key()).starts_with(kOrderPrefix)) directives.emplace_back(View(member.key()));
  }
  for (const std::string& directive : directives) {
    const Value order = patch.at(directive);
    patch.stable_erase(patch.find(directive));
    const std::string_view rest = std::string_view(directive).substr(kOrderPrefix.size());
    if (!order.is_array()) {
      return PlainServerError("expected a []interface {}, but received a " + GoTypeName(order));
    }
    if (!rest.starts_with('/')) return BadFormat("setElementOrder list");
    if (Failure failure = ApplyElementOrder(original, patch, rest.substr(1), order, type)) {
      return failure;
    }
  }
  return std::nullopt;
}

// What the original lacks, or has in another shape, is taken from the patch.
void TakeFromPatch(Object& original, std::string_view name, const Value& value) {
  Value taken(value, original.storage());
  DiscardNulls(taken);
  if (RemoveDirectives(taken)) {
    original.insert_or_assign(name, std::move(taken));
  } else if (const auto at = original.find(name); at != original.end()) {
    original.stable_erase(at);
  }
}

bool HaveSameShape(const Value& a, const Value& b) { return GoTypeName(a) == GoTypeName(b); }

Failure MergeMember(Object& original, std::string_view name, const Value& value, const Type* type,
                    bool is_delete_list) {
  const auto at = original.find(name);
  if (value.is_null()) {
    if (at != original.end()) original.stable_erase(at);
    return std::nullopt;
  }
  if (at == original.end() || !HaveSameShape(at->value(), value)) {
    if (!is_delete_list) TakeFromPatch(original, name, value);
    return std::nullopt;
  }
  Value& ours = at->value();
  if (ours.is_object()) {
    const ApiResult<MemberRule> rule = RuleOf(type, name);
    if (!rule.ok()) return rule.error();
    if (!rule->is_replaced) return MergeMap(ours, value, rule->type);
    ours = value;
  } else if (ours.is_array()) {
    const ApiResult<MemberRule> rule = ListRuleOf(type, name);
    if (!rule.ok()) return rule.error();
    if (rule->is_merged || is_delete_list) {
      return MergeList(ours.get_array(), Array(value.get_array(), ours.storage()), *rule,
                       is_delete_list);
    }
    ours = value;
  } else {
    ours = value;
  }
  return std::nullopt;
}

Failure MergeMap(Value& original, Value patch, const Type* type) {
  Object& members = patch.get_object();
  if (const auto at = members.find(kDirective); at != members.end()) {
    if (at->value() == "replace") {
      members.stable_erase(at);
      original = std::move(patch);
    } else if (at->value() == "delete") {
      original = Value(Object(), original.storage());
    } else {
      return PlainServerError("unknown patch type: " + GoPrintAsText(at->value()) +
                              " in map: " + GoPrint(patch));
    }
    return std::nullopt;
  }
  Object& ours = original.get_object();
  if (Failure failure = ApplyRetainKeys(ours, members)) return failure;
  if (Failure failure = ApplyElementOrders(ours, members, type)) return failure;
  for (const auto& member : members) {
    std::string_view name = View(member.key());
    const bool is_delete_list = name.starts_with(kDeletePrefix);
    if (is_delete_list) {
      name.remove_prefix(kDeletePrefix.size());
      if (!name.starts_with('/')) return BadFormat("primitive list");
      name.remove_prefix(1);
    }
    if (Failure failure = MergeMember(ours, name, member.value(), type, is_delete_list)) {
      return failure;
    }
  }
  return std::nullopt;
}

}  // namespace

ApiError PlainServerError(std::string_view message) {
  ApiError error;
  error.code = 500;
  error.message = std::string(message);
  return error;
}

ApiResult<Patched> ApplyStrategicMergePatch(const Value& original, std::string_view body,
                                            const Type& type, JsonStorage storage) {
  JsonParseResult patch = ParseJson(body, storage);
  if (!patch.ok()) return BadRequestError(patch.error);
  Patched patched{Value(original, storage), {}};
  if (patch.value.is_null()) return patched;
  if (!patch.value.is_object()) {
    return BadRequestError("json: cannot unmarshal " + JsonKindName(patch.value) +
                           " into Go value of type map[string]interface {}");
  }
  if (Failure failure = MergeMap(patched.object, std::move(patch.value), &type)) {
    return *std::move(failure);
  }
  for (const std::string& path : patch.duplicate_fields) {
    patched.strict_errors.push_back("duplicate field \"" + path + "\"");
  }
  return patched;
}

}  // namespace apiserver
