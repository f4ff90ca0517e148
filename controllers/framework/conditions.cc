#include "controllers/framework/conditions.h"

namespace controllers {

const Value* FindCondition(const Value* conditions, std::string_view type) {
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    if (apiserver::TextAt(condition, {"type"}) == type) return &condition;
  }
  return nullptr;
}

bool IsConditionTrue(const Value* conditions, std::string_view type) {
  const Value* condition = FindCondition(conditions, type);
  return condition != nullptr && apiserver::TextAt(*condition, {"status"}) == "True";
}

void RemoveCondition(Array& conditions, std::string_view type) {
  for (auto at = conditions.begin(); at != conditions.end();) {
    at = apiserver::TextAt(*at, {"type"}) == type ? conditions.erase(at) : at + 1;
  }
}

Array CopyConditions(const Value* conditions) {
  return conditions != nullptr && conditions->is_array() ? conditions->get_array() : Array();
}

}  // namespace controllers
