// Deployments. Source: kubernetes/pkg/apis/apps and pkg/registry/apps/deployment, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/registry/kinds/workload_status.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultPodTemplate(spec);
  FillPointer(spec, "replicas", 1);
  Object& strategy = EnsureObject(spec, "strategy");
  FillText(strategy, "type", "RollingUpdate");
  if (TextOf(strategy, "type") == "RollingUpdate") {
    Object& rolling = EnsureObject(strategy, "rollingUpdate");
    FillPointer(rolling, "maxUnavailable", "25%");
    FillPointer(rolling, "maxSurge", "25%");
  }
  FillPointer(spec, "revisionHistoryLimit", 10);
  FillPointer(spec, "progressDeadlineSeconds", 600);
}

Value MemberOr0(const Object& object, std::string_view name) {
  return IsSet(object, name) ? object.at(name) : Value(0);
}

void CheckRollingUpdate(const Object& rolling, const FieldPath& path, Violations& out) {
  const Value unavailable = MemberOr0(rolling, "maxUnavailable");
  const Value surge = MemberOr0(rolling, "maxSurge");
  const FieldPath unavailable_path = path.Child("maxUnavailable");
  CheckIntOrPercent(unavailable, unavailable_path, out);
  CheckIntOrPercent(surge, path.Child("maxSurge"), out);
  if (IntOrPercentValue(unavailable) == 0 && IntOrPercentValue(surge) == 0) {
    out.Invalid(unavailable_path, unavailable, "may not be 0 when `maxSurge` is 0");
  }
  CheckAtMost100Percent(unavailable, unavailable_path, out);
}

void CheckStrategy(const Object& strategy, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(strategy, "type");
  const bool has_rolling = IsSet(strategy, "rollingUpdate");
  if (type == "Recreate") {
    if (has_rolling) {
      out.Forbidden(path.Child("rollingUpdate"),
                    "may not be specified when strategy `type` is 'Recreate'");
    }
  } else if (type == "RollingUpdate") {
    if (!has_rolling) {
      out.Required(path.Child("rollingUpdate"), "this should be defaulted and never be nil");
    } else {
      CheckRollingUpdate(ObjectOf(strategy, "rollingUpdate"), path.Child("rollingUpdate"), out);
    }
  } else {
    out.NotSupported(path, InternalForm("apps.DeploymentStrategy", strategy),
                     {"Recreate", "RollingUpdate"});
  }
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckNonNegative(spec, "replicas", path, out);
  if (CheckWorkloadSelector(spec, path, "deployment", out)) {
    CheckServiceTemplate(spec, path, "ReplicaSet", out);
  } else {
    out.Invalid(path.Child("selector"), spec.at("selector"), "invalid label selector");
  }
  CheckStrategy(ObjectOf(spec, "strategy"), path.Child("strategy"), out);
  for (std::string_view name :
       {"minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}) {
    CheckNonNegative(spec, name, path, out);
  }
  if (IsSet(spec, "progressDeadlineSeconds") &&
      IntOf(spec, "progressDeadlineSeconds") <= IntOf(spec, "minReadySeconds")) {
    out.Invalid(path.Child("progressDeadlineSeconds"), spec.at("progressDeadlineSeconds"),
                "must be greater than minReadySeconds");
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  CheckImmutable(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "selector", FieldPath("spec"),
                 out);
}

void ValidateStatusUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& status = ObjectOf(object, "status");
  CheckCounts(status,
              {"observedGeneration", "replicas", "updatedReplicas", "readyReplicas",
               "availableReplicas", "unavailableReplicas", "terminatingReplicas", "collisionCount"},
              out);
  CheckCountsAtMost(status, {"updatedReplicas", "readyReplicas", "availableReplicas"}, "replicas",
                    "cannot be greater than status.replicas", out);
  CheckCountsAtMost(status, {"availableReplicas"}, "readyReplicas",
                    "cannot be greater than readyReplicas", out);
  CheckCollisionCount(object, old, out);
}

void PrepareStatusUpdate(const StrategyContext&, Object& object, const Object& old) {
  Object& meta = EnsureObject(object, "metadata");
  const Object& old_meta = ObjectOf(old, "metadata");
  if (const Value* labels = old_meta.if_contains("labels")) {
    meta["labels"] = *labels;
  } else {
    meta.erase("labels");
  }
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) {
    WarnOfPodHostName(object, out);
  } else if (IntOf(ObjectOf(object, "metadata"), "generation") ==
             IntOf(ObjectOf(*old, "metadata"), "generation")) {
    return;
  }
  WarnOfPodTemplate(ObjectOf(ObjectOf(object, "spec"), "template"), "spec.template", out);
}

constexpr std::string_view kStatusReset[] = {"spec", "metadata.labels"};
const KindRules kStatus{.group = "apps",
                        .resource = "deployments",
                        .subresource = "status",
                        .prepare_update = PrepareStatusUpdate,
                        .validate_update = ValidateStatusUpdate,
                        .reset = kStatusReset};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kDeploymentRules{.group = "apps",
                                 .resource = "deployments",
                                 .defaults = Default,
                                 .has_status = true,
                                 .generation = GenerationRule::kSpecAndAnnotations,
                                 .validate = Validate,
                                 .validate_update = ValidateUpdate,
                                 .warn = Warn,
                                 .subresources = kParts};

}  // namespace apiserver
