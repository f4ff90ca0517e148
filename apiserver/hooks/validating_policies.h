// ValidatingAdmissionPolicy: holds writes against the policies that bindings make effective.
//
// The action Audit has no effect beside those of Deny and Warn: there is no audit log. Source:
// k8s.io/apiserver/pkg/admission/plugin/policy/{validating/dispatcher.go,matching}. Threads: the
// kernel's only.
#pragma once

#include "apiserver/hooks/policy_validation.h"

namespace apiserver {

class ValidatingPolicies final : public AdmissionPlugin {
 public:
  // `list` outlives the plug-in.
  explicit ValidatingPolicies(PolicyList& list) : list_(list) {}

  // True as soon as there is a policy: what each is about is not asked.
  bool WatchesHeartbeats(const GroupResource& /*resource*/) const override {
    return !list_.entries().empty();
  }
  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override;

 private:
  struct Denial {
    std::string message;
    std::string reason;
  };
  void Judge(const PolicyList::Entry& entry, const HookAttributes& attributes,
             std::vector<Denial>& denials);
  void JudgeBinding(const PolicyList::Entry& entry, const PolicyBinding& binding,
                    const ApiResource* param_resource, const HookAttributes& attributes,
                    const HookAttributes::Match& match, std::vector<Denial>& denials);

  PolicyList& list_;
  cel::Evaluator evaluator_;
};

}  // namespace apiserver
