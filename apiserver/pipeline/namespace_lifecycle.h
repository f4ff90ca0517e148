// The admission plug-in NamespaceLifecycle: nothing is made in a namespace that is missing or going
// away, and the system's own namespaces stay.
//
// Source: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle.
#pragma once

#include "apiserver/registry/admission.h"

namespace apiserver {

class NamespaceLifecycle final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override;
};

}  // namespace apiserver
