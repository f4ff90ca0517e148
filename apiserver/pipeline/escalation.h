// The check that nobody grants by roles and bindings what they do not hold themselves.
//
// Source: kubernetes/pkg/registry/rbac/*/policybased and escalation_check.go. Runs after all other
// changes of admission, before validation. Threads: the kernel's only.
#pragma once

#include "apiserver/pipeline/authorization.h"
#include "apiserver/registry/admission.h"

namespace apiserver {

class EscalationCheck final : public AdmissionPlugin {
 public:
  // `authorizer` outlives the plug-in.
  explicit EscalationCheck(ClusterAuthorizer& authorizer) : authorizer_(authorizer) {}
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override;

 private:
  // The refusal when the user does not hold all of `rules`, as it reads after the object's name; ""
  // when it does.
  std::string Escalates(const AdmissionRequest& request, std::span<const PolicyRule> rules);
  std::optional<ApiError> CheckRole(const AdmissionRequest& request, const Value& object);
  std::optional<ApiError> CheckBinding(const AdmissionRequest& request, const Value& object);

  ClusterAuthorizer& authorizer_;
};

}  // namespace apiserver
