// PodDisruptionBudgets. Source: kubernetes/pkg/apis/policy, 1.36.
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/conditions.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  if (IsSet(spec, "minAvailable") && IsSet(spec, "maxUnavailable")) {
    out.Invalid(path, InternalForm("policy.PodDisruptionBudgetSpec", spec),
                "minAvailable and maxUnavailable cannot be both set");
  }
  for (std::string_view name : {"minAvailable", "maxUnavailable"}) {
    if (!IsSet(spec, name)) continue;
    CheckIntOrPercent(spec.at(name), path.Child(name), out);
    CheckAtMost100Percent(spec.at(name), path.Child(name), out);
  }
  CheckSelector(spec, "selector", path, out);
  CheckOptionalOneOf(spec, "unhealthyPodEvictionPolicy", {"AlwaysAllow", "IfHealthyBudget"}, path,
                     out);
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const FieldPath path("status");
  const Object& status = ObjectOf(object, "status");
  CheckConditions(status, path, out);
  for (std::string_view name :
       {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"}) {
    CheckNonNegative(status, name, path, out);
  }
}

const KindRules kStatus{.group = "policy",
                        .resource = "poddisruptionbudgets",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate,
                        .update_metadata = UpdateMetadata::kNone,
                        .allow_unconditional_update = false};
constexpr const KindRules* kParts[] = {&kStatus};
constexpr std::string_view kMetadataLastIn[] = {"policy"};

}  // namespace

const KindRules kPodDisruptionBudgetRules{.group = "policy",
                                          .resource = "poddisruptionbudgets",
                                          .has_status = true,
                                          .generation = GenerationRule::kSpec,
                                          .validate = Validate,
                                          .validate_update = ValidateUpdate,
                                          .metadata_last_in = kMetadataLastIn,
                                          .update_metadata = UpdateMetadata::kNone,
                                          .allow_unconditional_update = false,
                                          .subresources = kParts};

}  // namespace apiserver
