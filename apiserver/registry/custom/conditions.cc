#include "apiserver/registry/custom/conditions.h"

#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

Array& ConditionsOf(Value& definition) {
  Value& conditions = EnsureObject(definition, "status")["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  return conditions.get_array();
}

}  // namespace

void SetCondition(Value& definition, const DefinitionCondition& condition, sim::Time now) {
  Array& conditions = ConditionsOf(definition);
  std::string since = FormatTime(now);
  Value* place = nullptr;
  for (Value& present : conditions) {
    if (TextAt(present, {"type"}) != condition.type) continue;
    if (TextAt(present, {"status"}) == condition.status)
      since = TextAt(present, {"lastTransitionTime"});
    place = &present;
  }
  if (place == nullptr) place = &conditions.emplace_back(Object(conditions.storage()));
  Object made(conditions.storage());
  made["type"] = condition.type;
  made["status"] = condition.status;
  made["lastTransitionTime"] = since;
  made["reason"] = condition.reason;
  made["message"] = condition.message;
  *place = std::move(made);
}

void RemoveCondition(Value& definition, std::string_view type) {
  Array& conditions = ConditionsOf(definition);
  for (std::size_t index = 0; index < conditions.size(); ++index) {
    if (TextAt(conditions[index], {"type"}) != type) continue;
    conditions.erase(conditions.begin() + static_cast<std::ptrdiff_t>(index));
    return;
  }
}

}  // namespace apiserver
