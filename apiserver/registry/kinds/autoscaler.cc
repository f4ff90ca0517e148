// HorizontalPodAutoscalers, stored as v2. Source: kubernetes/pkg/apis/autoscaling, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/autoscaler_v1.h"
#include "apiserver/registry/kinds/autoscaler_validation.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

Value ScalingPolicy(std::string_view type, std::int64_t value) {
  return {{"type", type}, {"value", value}, {"periodSeconds", 15}};
}

// An empty list is one that was given, and is refused later.
bool HasPolicies(const Object& rules) {
  const Value* policies = rules.if_contains("policies");
  return policies != nullptr && !policies->is_null();
}

void DefaultScaleUp(Object& rules) {
  FillPointer(rules, "stabilizationWindowSeconds", 0);
  FillPointer(rules, "selectPolicy", "Max");
  if (!HasPolicies(rules)) {
    rules["policies"] = Array{ScalingPolicy("Pods", 4), ScalingPolicy("Percent", 100)};
  }
}

void DefaultScaleDown(Object& rules) {
  FillPointer(rules, "selectPolicy", "Max");
  if (!HasPolicies(rules)) rules["policies"] = Array{ScalingPolicy("Percent", 100)};
}

void Default(std::string_view version, Object& object) {
  Object& spec = EnsureObject(object, "spec");
  FillPointer(spec, "minReplicas", 1);
  if (version == "v1") {
    DefaultAutoscalerPercent(object);
    return;
  }
  DropAutoscalerAnnotations(object);
  if (ArrayOf(spec, "metrics").empty()) {
    spec["metrics"] = Array{
        {{"type", "Resource"},
         {"resource",
          {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", 80}}}}}}};
  }
  DefaultAutoscalerBehavior(spec);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const FieldPath path("status");
  CheckNonNegative(ObjectOf(object, "status"), "currentReplicas", path, out);
  CheckNonNegative(ObjectOf(object, "status"), "desiredReplicas", path, out);
}

const KindRules kStatus{.group = "autoscaling",
                        .resource = "horizontalpodautoscalers",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

void DefaultAutoscalerBehavior(Object& spec) {
  Object* behavior = IfObjectOf(spec, "behavior");
  if (behavior == nullptr) return;
  DefaultScaleUp(EnsureObject(*behavior, "scaleUp"));
  DefaultScaleDown(EnsureObject(*behavior, "scaleDown"));
}

const KindRules kHorizontalPodAutoscalerRules{.group = "autoscaling",
                                              .resource = "horizontalpodautoscalers",
                                              .versioned_defaults = Default,
                                              .to_storage = AutoscalerToV2,
                                              .from_storage = AutoscalerFromV2,
                                              .has_status = true,
                                              .validate = ValidateAutoscaler,
                                              .validate_update = ValidateAutoscalerUpdate,
                                              .subresources = kParts};

}  // namespace apiserver
