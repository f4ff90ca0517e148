// StatefulSets. Source: kubernetes/pkg/apis/apps and pkg/registry/apps/statefulset, 1.36.
#include <algorithm>
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/claim_spec.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/registry/kinds/workload_status.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void DefaultClaimTemplate(Object& claim) {
  DefaultClaimSpec(EnsureObject(claim, "spec"));
  FillText(EnsureObject(claim, "status"), "phase", "Pending");
  // The apps group shows them with a type, whatever was sent.
  claim["apiVersion"] = "v1";
  claim["kind"] = "PersistentVolumeClaim";
}

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultPodTemplate(spec);
  ForEachObject(spec, "volumeClaimTemplates", DefaultClaimTemplate);
  FillText(spec, "podManagementPolicy", "OrderedReady");
  Object& strategy = EnsureObject(spec, "updateStrategy");
  if (TextOf(strategy, "type").empty()) {
    FillText(strategy, "type", "RollingUpdate");
    EnsureObject(strategy, "rollingUpdate");
  }
  if (TextOf(strategy, "type") == "RollingUpdate") {
    if (Object* rolling = IfObjectOf(strategy, "rollingUpdate")) {
      FillPointer(*rolling, "partition", 0);
    }
  }
  Object& retention = EnsureObject(spec, "persistentVolumeClaimRetentionPolicy");
  FillText(retention, "whenDeleted", "Retain");
  FillText(retention, "whenScaled", "Retain");
  FillPointer(spec, "replicas", 1);
  FillPointer(spec, "revisionHistoryLimit", 10);
}

void CheckRollingUpdate(const Object& rolling, const FieldPath& path, Violations& out) {
  CheckNonNegative(rolling, "partition", path, out);
  if (!IsSet(rolling, "maxUnavailable")) return;
  const Value& unavailable = rolling.at("maxUnavailable");
  const FieldPath unavailable_path = path.Child("maxUnavailable");
  CheckIntOrPercent(unavailable, unavailable_path, out);
  if (IntOrPercentValue(unavailable) == 0) {
    out.Invalid(unavailable_path, unavailable, "cannot be 0");
  }
  CheckAtMost100Percent(unavailable, unavailable_path, out);
}

void CheckUpdateStrategy(const Object& strategy, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(strategy, "type");
  const bool has_rolling = IsSet(strategy, "rollingUpdate");
  if (type.empty()) {
    out.Required(path);
  } else if (type == "OnDelete") {
    if (has_rolling) {
      out.Invalid(
          path.Child("rollingUpdate"),
          InternalForm("apps.RollingUpdateStatefulSetStrategy", strategy.at("rollingUpdate")),
          "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type == "RollingUpdate") {
    if (has_rolling) {
      CheckRollingUpdate(ObjectOf(strategy, "rollingUpdate"), path.Child("rollingUpdate"), out);
    }
  } else {
    out.Invalid(path, InternalForm("apps.StatefulSetUpdateStrategy", strategy),
                "must be 'RollingUpdate' or 'OnDelete'");
  }
}

// The template as pods will get it: claims become volumes, names are given by the controller.
Object EffectiveTemplate(const Object& spec) {
  Object pod_template = ObjectOf(spec, "template");
  Object& pod_spec = EnsureObject(pod_template, "spec");
  pod_spec.erase("subdomain");
  pod_spec.erase("hostname");
  Array volumes;
  std::set<std::string_view> names;
  for (const Value& claim : ArrayOf(spec, "volumeClaimTemplates")) {
    names.insert(TextOf(ObjectOf(claim, "metadata"), "name"));
  }
  for (const std::string_view name : names) {
    volumes.push_back({{"name", name}, {"persistentVolumeClaim", {{"claimName", name}}}});
  }
  const std::size_t claim_count = volumes.size();
  for (const Value& volume : ArrayOf(pod_spec, "volumes")) {
    const auto claims_end = volumes.begin() + static_cast<std::ptrdiff_t>(claim_count);
    const bool replaced = std::any_of(volumes.begin(), claims_end, [&](const Value& claim) {
      return TextOf(claim, "name") == TextOf(volume, "name");
    });
    if (!replaced) volumes.push_back(volume);
  }
  pod_spec["volumes"] = std::move(volumes);
  return pod_template;
}

bool NeedsEffectiveTemplate(const Object& spec) {
  const Object& pod_spec = ObjectOf(ObjectOf(spec, "template"), "spec");
  return IsSet(pod_spec, "subdomain") || IsSet(pod_spec, "hostname") ||
         !ArrayOf(spec, "volumeClaimTemplates").empty();
}

void CheckTemplate(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath template_path = path.Child("template");
  const Object& meta = ObjectOf(ObjectOf(spec, "template"), "metadata");
  CheckSelectsTemplate(spec, path, out);
  if (NeedsEffectiveTemplate(spec)) {
    CheckPodTemplate(EffectiveTemplate(spec), template_path, out);
  } else {
    CheckPodTemplate(ObjectOf(spec, "template"), template_path, out);
  }
  // Upstream looks at both once more, at paths that do not exist.
  CheckLabelMap(meta, "labels", template_path, out);
  CheckAnnotationMap(ObjectOf(meta, "annotations"), template_path.Child("annotations"), out);
}

void CheckSpec(const Object& spec, bool is_create, Violations& out) {
  const FieldPath path("spec");
  const std::string_view policy = TextOf(spec, "podManagementPolicy");
  if (policy.empty()) {
    out.Required(path.Child("podManagementPolicy"));
  } else if (policy != "OrderedReady" && policy != "Parallel") {
    out.Invalid(path.Child("podManagementPolicy"), policy, "must be 'OrderedReady' or 'Parallel'");
  }
  CheckUpdateStrategy(ObjectOf(spec, "updateStrategy"), path.Child("updateStrategy"), out);
  const Object& retention = ObjectOf(spec, "persistentVolumeClaimRetentionPolicy");
  const FieldPath retention_path = path.Child("persistentVolumeClaimRetentionPolicy");
  for (std::string_view name : {"whenDeleted", "whenScaled"}) {
    CheckOneOf(TextOf(retention, name), {"Retain", "Delete"}, retention_path.Child(name), out);
  }
  if (is_create) {
    const FieldPath claims_path = path.Child("volumeClaimTemplates");
    std::size_t index = 0;
    for (const Value& claim : ArrayOf(spec, "volumeClaimTemplates")) {
      const FieldPath claim_path = claims_path.Index(index++);
      CheckClaimSpec(ObjectOf(claim, "spec"), claim_path.Child("spec"), out);
    }
  }
  CheckNonNegative(spec, "replicas", path, out);
  CheckNonNegative(spec, "minReadySeconds", path, out);
  CheckNonNegative(ObjectOf(spec, "ordinals"), "start", path.Child("ordinals"), out);
  const std::string_view service = TextOf(spec, "serviceName");
  if (is_create && !service.empty()) CheckDnsLabel(service, path.Child("serviceName"), out);
  if (CheckWorkloadSelector(spec, path, "statefulset", out)) {
    CheckTemplate(spec, path, out);
  } else {
    out.Invalid(path.Child("selector"), spec.at("selector"), "");
  }
  CheckServicePods(spec, path, "StatefulSet", out);
}

void Validate(const Object& object, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), true, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  CheckSpec(spec, false, out);
  const bool same =
      SameExcept(spec, ObjectOf(old, "spec"),
                 {"replicas", "template", "updateStrategy", "minReadySeconds", "ordinals",
                  "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy"});
  if (!same) {
    out.Forbidden(FieldPath("spec"),
                  "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                  "'template', 'updateStrategy', 'revisionHistoryLimit', "
                  "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
  }
}

void ValidateStatusUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& status = ObjectOf(object, "status");
  CheckCounts(status,
              {"replicas", "readyReplicas", "currentReplicas", "updatedReplicas",
               "availableReplicas", "observedGeneration", "collisionCount"},
              out);
  CheckCountsAtMost(status,
                    {"readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"},
                    "replicas", "cannot be greater than status.replicas", out);
  CheckCountsAtMost(status, {"availableReplicas"}, "readyReplicas",
                    "cannot be greater than status.readyReplicas", out);
  CheckCollisionCount(object, old, out);
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  const Object& spec = ObjectOf(object, "spec");
  WarnOfPodTemplate(ObjectOf(spec, "template"), "spec.template", out);
  if (IntOf(spec, "revisionHistoryLimit") < 0) {
    out.emplace_back(
        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= "
        "0 is recommended");
  }
}

const KindRules kStatus{.group = "apps",
                        .resource = "statefulsets",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kStatefulSetRules{.group = "apps",
                                  .resource = "statefulsets",
                                  .name_rule = NameRule::kDnsLabel,
                                  .defaults = Default,
                                  .has_status = true,
                                  .generation = GenerationRule::kSpec,
                                  .validate = Validate,
                                  .validate_update = ValidateUpdate,
                                  .warn = Warn,
                                  .subresources = kParts};

}  // namespace apiserver
