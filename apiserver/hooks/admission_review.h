// The question that a webhook is sent, and what its answer means.
//
// Source of fields and words: k8s.io/apiserver/pkg/admission/plugin/webhook/request and errors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/hooks/hook_attributes.h"
#include "apiserver/ports/outside_caller.h"

namespace apiserver {

struct ReviewedObjects {
  const HookAttributes& attributes;
  const HookAttributes::Match& match;
  const Value* object;      // as `match` shows it, null for none
  const Value* old_object;  // the same
};

// What the question says beside the objects: who, what, how. Without uid.
Value RequestValue(const ReviewedObjects& objects);

// The AdmissionReview in `version`, "v1" or "v1beta1".
std::string ReviewText(const ReviewedObjects& objects, const std::string& uid,
                       const std::string& version);

// The version in which the webhook wants to be asked, or "".
std::string ReviewVersionFor(const std::vector<std::string>& accepted);

struct ReviewAnswer {
  std::string failure;  // why there is no decision: "failed to call webhook: ..."
  std::optional<ApiError> denial;
  std::string patch;  // JSON, or ""
  std::vector<std::string> warnings;
};

enum class WebhookKind : std::uint8_t { kMutating, kValidating };

// What the webhook `name` said of the review `uid`.
ReviewAnswer ReadReviewAnswer(const sim::Result<OutsideAnswer>& answer, WebhookKind kind,
                              const std::string& name, const std::string& uid,
                              const std::string& version);

}  // namespace apiserver
