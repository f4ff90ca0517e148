// MutatingAdmissionWebhook and ValidatingAdmissionWebhook: asks programs outside about writes.
//
// A webhook whose answer is not there yet ends the pass; the pipeline calls it and runs the request
// again (ports/admission_memo.h). Mutating webhooks are asked one after the other, and those that
// want it once more when another changed the object after them; validating ones all at once.
// Source: k8s.io/apiserver/pkg/admission/plugin/webhook/{generic,mutating,validating}. Threads: the
// kernel's only.
#pragma once

#include <set>

#include "apiserver/hooks/admission_review.h"
#include "apiserver/hooks/webhook_list.h"
#include "apiserver/ports/admission_memo.h"
#include "sim/kernel.h"

namespace apiserver {

class WebhookAdmission final : public AdmissionPlugin {
 public:
  // `kernel` and `list` outlive the plug-in.
  WebhookAdmission(sim::Kernel& kernel, WebhookList& list, WebhookKind kind)
      : kernel_(kernel), list_(list), kind_(kind) {}

  // True if some webhook has a rule for updates of `resource`; selectors are not asked.
  bool WatchesHeartbeats(const GroupResource& resource) const override;
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override;
  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override;

 private:
  using Match = HookAttributes::Match;
  struct Asked {
    const Webhook* webhook = nullptr;
    Match match;
  };

  // The version in which `webhook` is asked about the request; nothing: not at all.
  ApiResult<std::optional<Match>> FindMatch(const HookAttributes& attributes,
                                            const Webhook& webhook);
  // The answer, or nothing when it is still to be fetched.
  std::optional<ReviewAnswer> Ask(const HookAttributes& attributes, const Asked& asked) const;
  OutsideCall CallFor(const HookAttributes& attributes, const Asked& asked,
                      const std::string& uid) const;
  // What comes of `answer`: the refusal of the request, or nothing.
  std::optional<ApiError> Judge(const AdmissionRequest& request, const Webhook& webhook,
                                ReviewAnswer& answer) const;
  // One round over all mutating webhooks, or over those of `only`.
  struct Round {
    std::set<const Webhook*> changed_after{};  // asked before another changed the object
    bool has_changes = false;
  };
  std::optional<ApiError> RunRound(const AdmissionRequest& request, Value* object, Round& round,
                                   const std::set<const Webhook*>* only);

  sim::Kernel& kernel_;
  WebhookList& list_;
  const WebhookKind kind_;
  cel::Evaluator evaluator_;
};

}  // namespace apiserver
