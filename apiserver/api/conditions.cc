#include "apiserver/api/conditions.h"

namespace apiserver {

const Value* FindCondition(const Value& object, std::string_view type) {
  const Value* conditions = FindPath(object, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    if (TextAt(condition, {"type"}) == type) return &condition;
  }
  return nullptr;
}

bool IsConditionTrue(const Value& object, std::string_view type) {
  const Value* condition = FindCondition(object, type);
  return condition != nullptr && TextAt(*condition, {"status"}) == "True";
}

}  // namespace apiserver
