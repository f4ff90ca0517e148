#include "apiserver/registry/patch/strategic_list.h"

#include <algorithm>
#include <map>
#include <vector>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/go_print.h"
#include "apiserver/registry/patch/strategic_merge.h"

namespace apiserver {
namespace {

using Failure = std::optional<ApiError>;
using Places = std::map<std::string, std::size_t>;

// What identifies an item: itself, or its merge key.
ApiResult<std::string> IdentityOf(const Value& item, std::string_view key) {
  if (key.empty()) return KeyText(item);
  if (!item.is_object()) {
    return PlainServerError("expected a map[string]interface {}, but received a " +
                            GoTypeName(item));
  }
  const Value* member = Find(item, key);
  if (member == nullptr) return NoMergeKeyError(item, key);
  return KeyText(*member);
}

ApiResult<Places> PlacesOf(const Array& list, std::string_view key) {
  Places places;
  for (std::size_t i = 0; i < list.size(); ++i) {
    ApiResult<std::string> identity = IdentityOf(list[i], key);
    if (!identity.ok()) return identity.error();
    places.emplace(std::move(*identity), i);
  }
  return places;
}

struct Placed {
  Value item;
  std::size_t in_order = 0;
  std::optional<std::size_t> in_live;
};

}  // namespace

std::string KeyText(const Value& value) { return ToJson(value); }

ApiError NoMergeKeyError(const Value& item, std::string_view key) {
  return PlainServerError("map: " + GoPrint(item) +
                          " does not contain declared merge key: " + std::string(key));
}

Failure CheckItemTypes(const Array& original, const Array& patch, bool& is_of_maps) {
  std::optional<std::string> type;
  for (const Array* list : {&original, &patch}) {
    for (const Value& item : *list) {
      if (item.is_array()) {
        ApiError error = GenericPatchError();
        return error;
      }
      if (!type) {
        type = GoTypeName(item);
      } else if (*type != GoTypeName(item)) {
        return PlainServerError("list element types are not identical: [" + GoPrint(original) +
                                " " + GoPrint(patch) + "]");
      }
    }
  }
  is_of_maps = type == "map[string]interface {}";
  return std::nullopt;
}

Failure OrderItems(Array& merged, const Array& patch_order, const Array& live_order,
                   std::string_view key) {
  const ApiResult<Places> patch_places = PlacesOf(patch_order, key);
  if (!patch_places.ok()) return patch_places.error();
  const ApiResult<Places> live_places = PlacesOf(live_order, key);
  if (!live_places.ok()) return live_places.error();
  std::vector<Placed> patched;
  std::vector<Placed> ours;
  for (Value& item : merged) {
    const ApiResult<std::string> identity = IdentityOf(item, key);
    if (!identity.ok()) return identity.error();
    const auto in_patch = patch_places->find(*identity);
    const auto in_live = live_places->find(*identity);
    Placed placed{std::move(item), 0, std::nullopt};
    if (in_live != live_places->end()) placed.in_live = in_live->second;
    if (in_patch != patch_places->end()) {
      placed.in_order = in_patch->second;
      patched.push_back(std::move(placed));
    } else {
      placed.in_order = placed.in_live.value_or(0);
      ours.push_back(std::move(placed));
    }
  }
  const auto by_order = [](const Placed& a, const Placed& b) { return a.in_order < b.in_order; };
  std::stable_sort(patched.begin(), patched.end(), by_order);
  std::stable_sort(ours.begin(), ours.end(), by_order);
  merged.clear();
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < ours.size() || j < patched.size()) {
    const bool takes_ours =
        j == patched.size() || (i < ours.size() && ours[i].in_live && patched[j].in_live &&
                                *ours[i].in_live < *patched[j].in_live);
    merged.push_back(std::move(takes_ours ? ours[i++].item : patched[j++].item));
  }
  return std::nullopt;
}

Failure CheckAgainstOrder(const Array& patch, const Array& order, std::string_view key) {
  if (patch.empty() || order.empty()) return std::nullopt;
  std::size_t at = 0;
  for (const Value& item : patch) {
    if (Find(item, "$patch") != nullptr) continue;
    const ApiResult<std::string> wanted = IdentityOf(item, key);
    if (!wanted.ok()) return wanted.error();
    bool is_found = false;
    for (; at < order.size() && !is_found; ++at) {
      const ApiResult<std::string> got = IdentityOf(order[at], key);
      if (!got.ok()) return got.error();
      is_found = *got == *wanted;
    }
    if (!is_found) {
      return PlainServerError("The order in patch list:\n" + GoPrint(patch) +
                              "\n doesn't match $setElementOrder list:\n" + GoPrint(order) + "\n");
    }
  }
  return std::nullopt;
}

}  // namespace apiserver
