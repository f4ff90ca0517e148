#include "apiserver/registry/kinds/admission_plugins.h"

#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {

void AddBuiltinAdmission(AdmissionChain& chain, const AdmissionFilter& is_enabled) {
  const struct {
    std::string_view name;
    std::unique_ptr<AdmissionPlugin> (*make)();
  } plugins[] = {
      {"LimitRanger", &MakeLimitRanger},
      {"ServiceAccount", &MakeServiceAccountAdmission},
      {"NodeRestriction", &MakeNodeRestriction},
      {"TaintNodesByCondition", &MakeTaintNodesByCondition},
      {"Priority", &MakePriorityAdmission},
      {"DefaultTolerationSeconds", &MakeDefaultTolerationSeconds},
      {"DefaultStorageClass", &MakeDefaultStorageClass},
      {"StorageObjectInUseProtection", &MakeStorageObjectInUseProtection},
      {"PersistentVolumeClaimResize", &MakeClaimResize},
      {"RuntimeClass", &MakeRuntimeClassAdmission},
      {"CertificateApproval", &MakeCertificateApproval},
      {"CertificateSigning", &MakeCertificateSigning},
      {"CertificateSubjectRestriction", &MakeCertificateSubjectRestriction},
      {"DefaultIngressClass", &MakeDefaultIngressClass},
      {"PodTopologyLabels", &MakePodTopologyLabels},
      {"PodResizeValidator", &MakePodResizeValidator},
  };
  for (const auto& plugin : plugins) {
    if (!is_enabled || is_enabled(plugin.name)) chain.Add(plugin.make());
  }
}

ApiError AdmissionForbidden(const AdmissionRequest& request, const Value* object,
                            std::string_view reason) {
  std::string_view name = request.name;
  if (name.empty() && object != nullptr) {
    const Object& meta = ObjectOf(*object, "metadata");
    name = TextOf(meta, "name");
    if (name.empty()) name = TextOf(meta, "generateName");
  }
  if (name.empty()) name = "Unknown";
  return ForbiddenError(request.resource, name, reason);
}

bool IsWriteOf(const AdmissionRequest& request, std::string_view group, std::string_view resource) {
  const bool writes =
      request.operation == Operation::kCreate || request.operation == Operation::kUpdate;
  return writes && request.context.info.subresource.empty() && request.resource.group == group &&
         request.resource.resource == resource;
}

std::shared_ptr<const Value> FindObject(const AdmissionRequest& request,
                                        const GroupResource& resource, const ObjectKey& key) {
  const ObjectPtr found = request.context.store.Find(resource, key);
  return found == nullptr ? nullptr : found->Peek();
}

}  // namespace apiserver
