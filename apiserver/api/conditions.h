// Reading status.conditions, which nearly every kind has.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// The condition of `type` in status.conditions, or null.
const Value* FindCondition(const Value& object, std::string_view type);
// Whether the condition `type` has status "True".
bool IsConditionTrue(const Value& object, std::string_view type);

}  // namespace apiserver
