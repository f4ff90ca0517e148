// status.conditions of a CustomResourceDefinition.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/conditions.h"
#include "apiserver/api/json.h"
#include "sim/time.h"

namespace apiserver {

struct DefinitionCondition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string message;
};

// Adds or replaces the condition; its transition time moves only with its status.
void SetCondition(Value& definition, const DefinitionCondition& condition, sim::Time now);
// Removes the condition `type`, if there.
void RemoveCondition(Value& definition, std::string_view type);

}  // namespace apiserver
