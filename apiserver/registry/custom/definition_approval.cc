#include "apiserver/registry/custom/definition_approval.h"

#include "apiserver/api/go_text.h"
#include "apiserver/registry/custom/format_checks.h"

namespace apiserver {
namespace {

constexpr std::string_view kAnnotation = "api-approved.kubernetes.io";
constexpr std::string_view kSee = ", see https://github.com/kubernetes/enhancements/pull/1111";

bool IsProtected(std::string_view group) {
  return group == "k8s.io" || group == "kubernetes.io" || group.ends_with(".k8s.io") ||
         group.ends_with(".kubernetes.io");
}

bool HasSchemeAndHost(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0 || !IsRequestUri(text)) return false;
  const std::string_view rest = text.substr(scheme + 3);
  return !rest.substr(0, rest.find_first_of("/?")).empty();
}

}  // namespace

std::optional<ApprovalState> ApprovalOf(const Value& definition) {
  if (!IsProtected(TextAt(definition, {"spec", "group"}))) return std::nullopt;
  const std::string_view text = TextAt(definition, {"metadata", "annotations", kAnnotation});
  const std::string wanted =
      "protected groups must have approval annotation " + GoQuote(kAnnotation);
  if (text.empty()) return ApprovalState{Approval::kMissing, wanted + std::string(kSee)};
  if (text.starts_with("unapproved"))
    return ApprovalState{Approval::kBypassed, "not approved: " + GoQuote(text)};
  if (HasSchemeAndHost(text))
    return ApprovalState{Approval::kApproved, "approved in " + std::string(text)};
  return ApprovalState{
      Approval::kInvalid,
      wanted + " with either a URL or a reason starting with \"unapproved\"" + std::string(kSee)};
}

void CheckApproval(const Value& definition, const Value* old, FieldErrors& errors) {
  const std::optional<ApprovalState> state = ApprovalOf(definition);
  if (!state) return;
  if (old != nullptr) {
    const std::optional<ApprovalState> before = ApprovalOf(*old);
    if (before && before->approval == state->approval) return;
  }
  const std::string path = "metadata.annotations[" + std::string(kAnnotation) + "]";
  if (state->approval == Approval::kInvalid) {
    errors.push_back(FieldInvalid(
        path, TextAt(definition, {"metadata", "annotations", kAnnotation}), state->reason));
  } else if (state->approval == Approval::kMissing) {
    errors.push_back(FieldRequired(path, state->reason));
  }
}

std::optional<DefinitionCondition> ApprovalCondition(const Value& definition) {
  std::optional<ApprovalState> state = ApprovalOf(definition);
  if (!state) return std::nullopt;
  constexpr std::string_view kType = "KubernetesAPIApprovalPolicyConformant";
  switch (state->approval) {
    case Approval::kMissing:
      return DefinitionCondition{kType, "False", "MissingAnnotation", std::move(state->reason)};
    case Approval::kInvalid:
      return DefinitionCondition{kType, "False", "InvalidAnnotation", std::move(state->reason)};
    case Approval::kBypassed:
      return DefinitionCondition{kType, "False", "UnapprovedAnnotation", std::move(state->reason)};
    case Approval::kApproved:
      break;
  }
  return DefinitionCondition{kType, "True", "ApprovedAnnotation", std::move(state->reason)};
}

}  // namespace apiserver
