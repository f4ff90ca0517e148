// The order and shape of lists in a strategic merge patch.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

// A text by which equal merge keys and scalars are equal.
std::string KeyText(const Value& value);

ApiError NoMergeKeyError(const Value& item, std::string_view key);

// All items of both lists must be of one type, and not lists. Says whether that type is a map.
std::optional<ApiError> CheckItemTypes(const Array& original, const Array& patch, bool& is_of_maps);

// Orders `merged`: items that `patch_order` names in that order, the others as in `live_order`, the
// two runs merged so that an item of ours comes first only where the live list had it before the
// patch's item. `key` is "" for scalars.
std::optional<ApiError> OrderItems(Array& merged, const Array& patch_order, const Array& live_order,
                                   std::string_view key);

// The patch's items must appear in `order` in the same order.
std::optional<ApiError> CheckAgainstOrder(const Array& patch, const Array& order,
                                          std::string_view key);

}  // namespace apiserver
