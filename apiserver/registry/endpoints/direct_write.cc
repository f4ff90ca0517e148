#include "apiserver/registry/endpoints/direct_write.h"

#include "apiserver/api/time_format.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/write.h"

namespace apiserver {

ObjectPtr WriteDirectly(RegistryParts& parts, const ApiResource& resource, Value& object,
                        const ObjectPtr& live, bool is_dry_run) {
  NormalizeObject(resource.storage_type, object, nullptr);
  ObjectPtr made = StoredObject::Make(object, live->meta().revision);
  const bool is_same =
      made->json() == live->json() && made->managed_fields() == live->managed_fields();
  if (is_same || is_dry_run) return made;
  return parts.store.Update(resource.storage, object, IsWork(resource.storage));
}

Response CreatedStatusResponse(Call& call) {
  Object status;
  status["kind"] = "Status";
  status["apiVersion"] = "v1";
  status["metadata"].emplace_object();
  status["status"] = "Success";
  status["code"] = 201;
  Response response = ValueResponse(201, status);
  response.warnings = std::move(call.warnings);
  response.shown_revision = call.parts.store.revision();
  return response;
}

void SetPodCondition(Value& pod, const PodConditionUpdate& update, sim::Time now) {
  Value& conditions = EnsureObject(pod, "status")["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  Value* place = nullptr;
  Value since(FormatTime(now));
  for (Value& present : conditions.get_array()) {
    if (TextAt(present, {"type"}) != update.type) continue;
    const Value* time = Find(present, "lastTransitionTime");
    if (TextAt(present, {"status"}) == update.status && time != nullptr) since = *time;
    place = &present;
  }
  if (place == nullptr) place = &conditions.get_array().emplace_back(Object());
  Object made;
  made["type"] = update.type;
  made["status"] = update.status;
  made["lastProbeTime"] = nullptr;
  made["lastTransitionTime"] = since;
  if (!update.reason.empty()) made["reason"] = update.reason;
  if (!update.message.empty()) made["message"] = update.message;
  *place = std::move(made);
}

}  // namespace apiserver
