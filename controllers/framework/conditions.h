// status.conditions: finding, setting and removing entries by type.
#pragma once

#include <string>
#include <string_view>

#include "controllers/framework/names.h"

namespace controllers {

struct Condition {
  std::string type;
  std::string status = "True";
  std::string reason;
  std::string message;
};

// The entry of `type` in the array `conditions`, or nullptr; `conditions` may be null.
const Value* FindCondition(const Value* conditions, std::string_view type);
// The status "True" of the entry of `type`.
bool IsConditionTrue(const Value* conditions, std::string_view type);
// Removes all entries of `type`.
void RemoveCondition(Array& conditions, std::string_view type);

// An array of conditions cut out of `status`, to be put back by the caller; empty when absent.
Array CopyConditions(const Value* conditions);

}  // namespace controllers
