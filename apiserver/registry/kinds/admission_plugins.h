// The built-in admission plug-ins that prepare and judge objects by what else is in the cluster.
//
// Order and rules: kubernetes/pkg/kubeapiserver/options/plugins.go and plugin/pkg/admission, 1.36.
// Threads: the kernel's only.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "apiserver/registry/admission.h"

namespace apiserver {

// Whether the plug-in of that name takes part; empty: all do.
using AdmissionFilter = std::function<bool(std::string_view name)>;

// Adds them to `chain` in upstream's order.
void AddBuiltinAdmission(AdmissionChain& chain, const AdmissionFilter& is_enabled = {});

std::unique_ptr<AdmissionPlugin> MakeLimitRanger();
std::unique_ptr<AdmissionPlugin> MakeServiceAccountAdmission();
std::unique_ptr<AdmissionPlugin> MakeNodeRestriction();
std::unique_ptr<AdmissionPlugin> MakeCertificateApproval();
std::unique_ptr<AdmissionPlugin> MakeCertificateSigning();
std::unique_ptr<AdmissionPlugin> MakeCertificateSubjectRestriction();
std::unique_ptr<AdmissionPlugin> MakeTaintNodesByCondition();
std::unique_ptr<AdmissionPlugin> MakePriorityAdmission();
std::unique_ptr<AdmissionPlugin> MakeDefaultTolerationSeconds();
std::unique_ptr<AdmissionPlugin> MakeDefaultStorageClass();
std::unique_ptr<AdmissionPlugin> MakeStorageObjectInUseProtection();
std::unique_ptr<AdmissionPlugin> MakeClaimResize();
std::unique_ptr<AdmissionPlugin> MakeRuntimeClassAdmission();
std::unique_ptr<AdmissionPlugin> MakeDefaultIngressClass();
std::unique_ptr<AdmissionPlugin> MakePodTopologyLabels();
std::unique_ptr<AdmissionPlugin> MakePodResizeValidator();

// What they share.
// 403 about the object of `request`, named as upstream names it before a name is generated.
ApiError AdmissionForbidden(const AdmissionRequest& request, const Value* object,
                            std::string_view reason);
// A create or update of `resource` itself, not of a subresource.
bool IsWriteOf(const AdmissionRequest& request, std::string_view group, std::string_view resource);
// The newest object, or null. The value lives as long as the pointer.
std::shared_ptr<const Value> FindObject(const AdmissionRequest& request,
                                        const GroupResource& resource, const ObjectKey& key);

}  // namespace apiserver
