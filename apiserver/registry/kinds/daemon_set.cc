// DaemonSets. The template's generation lives in an annotation, as in apps/v1.
// Source: kubernetes/pkg/apis/apps and pkg/registry/apps/daemonset, 1.36.
#include <charconv>

#include "apiserver/api/label_selector.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/registry/kinds/workload_status.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kTemplateGeneration = "deprecated.daemonset.template.generation";

std::int64_t TemplateGeneration(const Object& object) {
  const Object& annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
  const std::string_view text = TextOf(annotations, kTemplateGeneration);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void SetTemplateGeneration(Object& object, std::int64_t number) {
  Object& annotations = EnsureObject(EnsureObject(object, "metadata"), "annotations");
  annotations[kTemplateGeneration] = std::to_string(number);
}

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultPodTemplate(spec);
  Object& strategy = EnsureObject(spec, "updateStrategy");
  FillText(strategy, "type", "RollingUpdate");
  if (TextOf(strategy, "type") == "RollingUpdate") {
    Object& rolling = EnsureObject(strategy, "rollingUpdate");
    FillPointer(rolling, "maxUnavailable", 1);
    FillPointer(rolling, "maxSurge", 0);
  }
  FillPointer(spec, "revisionHistoryLimit", 10);
  SetTemplateGeneration(object, TemplateGeneration(object));  // always shown
}

void PrepareCreate(const StrategyContext&, Object& object) {
  SetTemplateGeneration(object, std::max<std::int64_t>(TemplateGeneration(object), 1));
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  const bool changed = !SameMember(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "template");
  SetTemplateGeneration(object, TemplateGeneration(old) + (changed ? 1 : 0));
}

void CheckRollingUpdate(const Object& rolling, const FieldPath& path, Violations& out) {
  const Value* const set_unavailable = rolling.if_contains("maxUnavailable");
  const Value* const set_surge = rolling.if_contains("maxSurge");
  const Value unavailable = set_unavailable == nullptr ? Value(0) : *set_unavailable;
  const Value surge = set_surge == nullptr ? Value(0) : *set_surge;
  CheckIntOrPercent(unavailable, path.Child("maxUnavailable"), out);
  CheckIntOrPercent(surge, path.Child("maxSurge"), out);
  CheckAtMost100Percent(unavailable, path.Child("maxUnavailable"), out);
  CheckAtMost100Percent(surge, path.Child("maxSurge"), out);
  const bool has_unavailable = IntOrPercentValue(unavailable) != 0;
  const bool has_surge = IntOrPercentValue(surge) != 0;
  if (has_unavailable && has_surge) {
    out.Invalid(path.Child("maxSurge"), surge, "may not be set when maxUnavailable is non-zero");
  } else if (!has_unavailable && !has_surge) {
    out.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
  }
}

void CheckUpdateStrategy(const Object& strategy, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(strategy, "type");
  if (type == "OnDelete") return;
  if (type != "RollingUpdate") {
    out.NotSupported(path, InternalForm("apps.DaemonSetUpdateStrategy", strategy),
                     {"RollingUpdate", "OnDelete"});
  } else if (!IsSet(strategy, "rollingUpdate")) {
    out.Required(path.Child("rollingUpdate"));
  } else {
    CheckRollingUpdate(ObjectOf(strategy, "rollingUpdate"), path.Child("rollingUpdate"), out);
  }
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckSelector(spec, "selector", path, out);
  const auto selector = LabelSelector::FromObject(spec.if_contains("selector"));
  if (selector.ok()) CheckSelectsTemplate(spec, path, out);
  if (IsSet(spec, "selector") && selector.ok() && selector->is_empty()) {
    out.Invalid(path.Child("selector"), spec.at("selector"),
                "empty selector is invalid for daemonset");
  }
  CheckPodTemplate(ObjectOf(spec, "template"), path.Child("template"), out);
  CheckServicePods(spec, path, "DaemonSet", out);
  CheckNonNegative(spec, "minReadySeconds", path, out);
  CheckUpdateStrategy(ObjectOf(spec, "updateStrategy"), path.Child("updateStrategy"), out);
  CheckNonNegative(spec, "revisionHistoryLimit", path, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  CheckImmutable(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "selector", FieldPath("spec"),
                 out);
  Validate(object, out);
}

void ValidateStatusUpdate(const Object& object, const Object& old, Violations& out) {
  CheckCounts(ObjectOf(object, "status"),
              {"currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled",
               "numberReady", "observedGeneration", "updatedNumberScheduled", "numberAvailable",
               "numberUnavailable", "collisionCount"},
              out);
  CheckCollisionCount(object, old, out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) {
    WarnOfPodHostName(object, out);
  } else if (TemplateGeneration(object) == TemplateGeneration(*old)) {
    return;
  }
  WarnOfPodTemplate(ObjectOf(ObjectOf(object, "spec"), "template"), "spec.template", out);
}

const KindRules kStatus{.group = "apps",
                        .resource = "daemonsets",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kDaemonSetRules{.group = "apps",
                                .resource = "daemonsets",
                                .defaults = Default,
                                .has_status = true,
                                .generation = GenerationRule::kSpec,
                                .prepare_create = PrepareCreate,
                                .prepare_update = PrepareUpdate,
                                .validate = Validate,
                                .validate_update = ValidateUpdate,
                                .warn = Warn,
                                .subresources = kParts};

}  // namespace apiserver
