// Writes that upstream makes past strategies and managedFields: bindings, evictions, token
// bookkeeping.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

// Commits `object` (storage version) of `resource` instead of `live`; nothing when they are equal
// or `is_dry_run`.
ObjectPtr WriteDirectly(RegistryParts& parts, const ApiResource& resource, Value& object,
                        const ObjectPtr& live, bool is_dry_run);

// {"kind":"Status",...,"status":"Success","code":201}: what creating a binding or eviction answers.
Response CreatedStatusResponse(Call& call);

// Adds or replaces the pod condition `type`; its transition time moves only with its status.
struct PodConditionUpdate {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
};
void SetPodCondition(Value& pod, const PodConditionUpdate& update, sim::Time now);

}  // namespace apiserver
