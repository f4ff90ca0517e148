#include "apiserver/registry/kinds/autoscaler_validation.h"

#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/resource_names.h"

namespace apiserver {
namespace {

constexpr std::int64_t kWindowSecondsMax = 3600;
constexpr std::int64_t kPeriodSecondsMax = 1800;

void CheckReference(const Object& holder, std::string_view name, bool needs_group,
                    const FieldPath& path, Violations& out) {
  const Object& ref = ObjectOf(holder, name);
  const FieldPath ref_path = path.Child(name);
  for (std::string_view field : {"kind", "name"}) {
    if (!CheckRequiredText(ref, field, ref_path, out)) continue;
    const std::string_view text = TextOf(ref, field);
    out.InvalidEach(ref_path.Child(field), text, CheckPathSegmentName(text));
  }
  const std::string_view version = TextOf(ref, "apiVersion");
  const auto slashes = std::count(version.begin(), version.end(), '/');
  if (slashes > 1) {
    out.Invalid(ref_path.Child("apiVersion"), version,
                "unexpected GroupVersion string: " + std::string(version));
  } else if (needs_group && slashes == 0) {
    out.Invalid(ref_path.Child("apiVersion"), version, "apiVersion must specify API group");
  }
}

void CheckPositive(const Object& target, std::string_view name, const FieldPath& path,
                   Violations& out) {
  if (!IsSet(target, name)) return;
  const auto amount = Quantity::FromJson(target.at(name));
  if (amount.ok() && amount->sign() <= 0) {
    out.Invalid(path.Child(name), amount->Text(), "must be positive");
  }
}

void CheckTarget(const Object& source, const FieldPath& path, Violations& out) {
  const Object& target = ObjectOf(source, "target");
  const FieldPath target_path = path.Child("target");
  const std::string_view type = TextOf(target, "type");
  if (type.empty()) out.Required(target_path.Child("type"), "must specify a metric target type");
  if (type != "Utilization" && type != "Value" && type != "AverageValue") {
    out.Invalid(target_path.Child("type"), type,
                "must be either Utilization, Value, or AverageValue");
  }
  CheckPositive(target, "value", target_path, out);
  CheckPositive(target, "averageValue", target_path, out);
  if (IsSet(target, "averageUtilization") && IntOf(target, "averageUtilization") < 1) {
    out.Invalid(target_path.Child("averageUtilization"), target.at("averageUtilization"),
                "must be greater than 0");
  }
}

void CheckIdentifier(const Object& source, const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(ObjectOf(source, "metric"), "name");
  const FieldPath name_path = path.Child("metric.name");
  if (name.empty()) {
    out.Required(name_path, "must specify a metric name");
  } else {
    out.InvalidEach(name_path, name, CheckPathSegmentName(name));
  }
}

// Resource metrics aim at either an amount or a share.
void CheckShareOrAmount(const Object& source, const FieldPath& path, Violations& out) {
  const Object& target = ObjectOf(source, "target");
  const bool share = IsSet(target, "averageUtilization");
  const bool amount = IsSet(target, "averageValue");
  if (!share && !amount) {
    out.Required(path.Child("target.averageUtilization"),
                 "must set either a target raw value or a target utilization");
  }
  if (share && amount) {
    out.Forbidden(path.Child("target.averageValue"),
                  "may not set both a target raw value and a target utilization");
  }
}

void CheckObjectSource(const Object& source, const FieldPath& path, Violations& out) {
  CheckReference(source, "describedObject", false, path, out);
  CheckIdentifier(source, path, out);
  CheckTarget(source, path, out);
  const Object& target = ObjectOf(source, "target");
  if (!IsSet(target, "value") && !IsSet(target, "averageValue")) {
    out.Required(path.Child("target.averageValue"),
                 "must set either a target value or averageValue");
  }
}

void CheckExternalSource(const Object& source, const FieldPath& path, Violations& out) {
  CheckIdentifier(source, path, out);
  CheckTarget(source, path, out);
  const Object& target = ObjectOf(source, "target");
  const bool value = IsSet(target, "value");
  const bool average = IsSet(target, "averageValue");
  if (!value && !average) {
    out.Required(path.Child("target.averageValue"),
                 "must set either a target value for metric or a per-pod target");
  }
  if (value && average) {
    out.Forbidden(path.Child("target.value"),
                  "may not set both a target value for metric and a per-pod target");
  }
}

void CheckPodsSource(const Object& source, const FieldPath& path, Violations& out) {
  CheckIdentifier(source, path, out);
  CheckTarget(source, path, out);
  if (!IsSet(ObjectOf(source, "target"), "averageValue")) {
    out.Required(path.Child("target.averageValue"), "must specify a positive target averageValue");
  }
}

void CheckResourceSource(const Object& source, const FieldPath& path, Violations& out) {
  if (TextOf(source, "name").empty()) {
    out.Required(path.Child("name"), "must specify a resource name");
  }
  CheckTarget(source, path, out);
  CheckShareOrAmount(source, path, out);
}

void CheckContainerSource(const Object& source, const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(source, "name");
  const std::string_view container = TextOf(source, "container");
  if (name.empty()) {
    out.Required(path.Child("name"), "must specify a resource name");
  } else {
    CheckContainerResourceName(name, path.Child("name"), out);
  }
  if (container.empty()) {
    out.Required(path.Child("container"), "must specify a container");
  } else {
    CheckDnsLabel(container, path.Child("container"), out);
  }
  CheckTarget(source, path, out);
  CheckShareOrAmount(source, path, out);
}

struct SourceKind {
  std::string_view type;
  std::string_view field;
  void (*check)(const Object& source, const FieldPath& path, Violations& out);
};
constexpr SourceKind kSources[] = {
    {"Object", "object", CheckObjectSource},
    {"External", "external", CheckExternalSource},
    {"Pods", "pods", CheckPodsSource},
    {"Resource", "resource", CheckResourceSource},
    {"ContainerResource", "containerResource", CheckContainerSource}};

void CheckMetric(const Object& metric, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(metric, "type");
  const SupportedValues types = {"ContainerResource", "External", "Object", "Pods", "Resource"};
  const bool known = std::find(types.begin(), types.end(), type) != types.end();
  if (type.empty()) out.Required(path.Child("type"), "must specify a metric source type");
  if (!known) out.NotSupported(path.Child("type"), type, types);
  int present = 0;
  std::string_view expected;
  for (const SourceKind& source : kSources) {
    if (source.type == type) expected = source.field;
    if (!IsSet(metric, source.field)) continue;
    if (++present == 1) source.check(ObjectOf(metric, source.field), path.Child(source.field), out);
  }
  if (!known) {
    out.NotSupported(path.Child("type"), type, types);
  } else if (!IsSet(metric, expected)) {
    out.Required(path.Child(expected), "must populate information for the given metric source");
  }
  if (present == 1) return;
  for (const SourceKind& source : kSources) {
    if (source.field != expected && IsSet(metric, source.field)) {
      out.Forbidden(path.Child(source.field), "must populate the given metric source only");
    }
  }
}

void CheckScalingRules(const Object& behavior, std::string_view name, const FieldPath& path,
                       Violations& out) {
  if (!IsSet(behavior, name)) return;
  const Object& rules = ObjectOf(behavior, name);
  const FieldPath rules_path = path.Child(name);
  const std::int64_t window = IntOf(rules, "stabilizationWindowSeconds");
  const FieldPath window_path = rules_path.Child("stabilizationWindowSeconds");
  if (window < 0) out.Invalid(window_path, window, "must be greater than or equal to zero");
  if (window > kWindowSecondsMax) {
    out.Invalid(window_path, window, "must be less than or equal to 3600");
  }
  CheckOptionalOneOf(rules, "selectPolicy", {"Disabled", "Max", "Min"}, rules_path, out);
  const FieldPath policies_path = rules_path.Child("policies");
  const Array& policies = ArrayOf(rules, "policies");
  if (policies.empty()) out.Required(policies_path, "must specify at least one Policy");
  for (std::size_t i = 0; i < policies.size(); ++i) {
    const FieldPath policy_path = policies_path.Index(i);
    const Object& policy = AsObject(policies[i]);
    CheckOneOf(TextOf(policy, "type"), {"Percent", "Pods"}, policy_path.Child("type"), out);
    for (std::string_view field : {"value", "periodSeconds"}) {
      const std::int64_t number = IntOf(policy, field);
      if (number <= 0) out.Invalid(policy_path.Child(field), number, "must be greater than zero");
    }
    const std::int64_t period = IntOf(policy, "periodSeconds");
    if (period > kPeriodSecondsMax) {
      out.Invalid(policy_path.Child("periodSeconds"), period, "must be less than or equal to 1800");
    }
  }
  if (IsSet(rules, "tolerance")) {
    CheckNonNegativeQuantity(rules.at("tolerance"), rules_path.Child("tolerance"), out);
  }
}

void CheckReplicas(const Object& spec, std::int64_t lowest, const FieldPath& path,
                   Violations& out) {
  const bool has_min = IsSet(spec, "minReplicas");
  const std::int64_t min = IntOf(spec, "minReplicas");
  const std::int64_t max = IntOf(spec, "maxReplicas");
  const FieldPath max_path = path.Child("maxReplicas");
  if (has_min && min < lowest) {
    out.Invalid(path.Child("minReplicas"), min,
                "must be greater than or equal to " + std::to_string(lowest));
  }
  if (max == 0) {
    out.Required(max_path, "must be set and greater than 0");
  } else if (max < 0) {
    out.Invalid(max_path, max, "must be greater than or equal to 1");
  }
  if (has_min && max < min) {
    out.Invalid(max_path, max, "must be greater than or equal to `minReplicas`");
  }
}

// `old_spec` is null for a creation.
void CheckSpec(const Object& spec, const Object* old_spec, Violations& out) {
  const FieldPath path("spec");
  // Scaling to zero stays where it was allowed before.
  const bool was_zero = old_spec != nullptr && IsSet(*old_spec, "minReplicas") &&
                        IntOf(*old_spec, "minReplicas") == 0;
  CheckReplicas(spec, was_zero ? 0 : 1, path, out);
  const Object& target = ObjectOf(spec, "scaleTargetRef");
  const bool same_kind =
      old_spec != nullptr && SameExcept(target, ObjectOf(*old_spec, "scaleTargetRef"), {"name"});
  // The only scalable kind of the core group has no group.
  const bool is_core = TextOf(target, "kind") == "ReplicationController";
  CheckReference(spec, "scaleTargetRef", !same_kind && !is_core, path, out);
  const FieldPath metrics_path = path.Child("metrics");
  bool counts_outside = false;
  std::size_t index = 0;
  for (const Value& metric : ArrayOf(spec, "metrics")) {
    CheckMetric(AsObject(metric), metrics_path.Index(index++), out);
    const std::string_view type = TextOf(metric, "type");
    counts_outside = counts_outside || type == "Object" || type == "External";
  }
  if (IsSet(spec, "minReplicas") && IntOf(spec, "minReplicas") == 0 && !counts_outside) {
    out.Forbidden(metrics_path,
                  "must specify at least one Object or External metric to support scaling to zero "
                  "replicas");
  }
  const Object& behavior = ObjectOf(spec, "behavior");
  CheckScalingRules(behavior, "scaleUp", path.Child("behavior"), out);
  CheckScalingRules(behavior, "scaleDown", path.Child("behavior"), out);
}

}  // namespace

void ValidateAutoscaler(const Object& object, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), nullptr, out);
}

void ValidateAutoscalerUpdate(const Object& object, const Object& old, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), &ObjectOf(old, "spec"), out);
}

}  // namespace apiserver
