#include "controllers/framework/ownership.h"

namespace controllers {

Value ControllerReference(const GroupVersionKind& kind, const ObjectMeta& owner) {
  Object reference;
  reference["apiVersion"] = kind.api_version();
  reference["kind"] = kind.kind;
  reference["name"] = owner.name;
  reference["uid"] = owner.uid;
  reference["controller"] = true;
  reference["blockOwnerDeletion"] = true;
  return reference;
}

sim::Task<apiserver::ApiResult<ObjectPtr>> Adopt(apiserver::Client* client,
                                                 GroupVersionResource resource, ObjectKey key,
                                                 std::string uid, Value controller_reference) {
  Object metadata;
  metadata["ownerReferences"] = Array{std::move(controller_reference)};
  metadata["uid"] = uid;
  Value patch = Object{{"metadata", std::move(metadata)}};
  return client->Patch(resource, key, apiserver::PatchType::kStrategic, std::move(patch));
}

sim::Task<apiserver::ApiResult<ObjectPtr>> Release(apiserver::Client* client,
                                                   GroupVersionResource resource, ObjectKey key,
                                                   std::string uid, std::string owner_uid) {
  Object removal;
  removal["$patch"] = "delete";
  removal["uid"] = owner_uid;
  Object metadata;
  metadata["uid"] = uid;
  metadata["ownerReferences"] = Array{Value(std::move(removal))};
  Value patch = Object{{"metadata", std::move(metadata)}};
  return client->Patch(resource, key, apiserver::PatchType::kStrategic, std::move(patch));
}

}  // namespace controllers
