#include "apiserver/registry/kinds/autoscaler_v1.h"

#include "apiserver/api/json_write.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kMetrics = "autoscaling.alpha.kubernetes.io/metrics";
constexpr std::string_view kCurrentMetrics = "autoscaling.alpha.kubernetes.io/current-metrics";
constexpr std::string_view kConditions = "autoscaling.alpha.kubernetes.io/conditions";
constexpr std::string_view kBehavior = "autoscaling.alpha.kubernetes.io/behavior";
constexpr std::string_view kToleranceDown = "autoscaling.alpha.kubernetes.io/scale-down-tolerance";
constexpr std::string_view kToleranceUp = "autoscaling.alpha.kubernetes.io/scale-up-tolerance";
constexpr std::string_view kPercent = "targetCPUUtilizationPercentage";

constexpr std::int64_t kDefaultPercent = 80;

Value CpuMetric(const Value& percent) {
  return {
      {"type", "Resource"},
      {"resource",
       {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", percent}}}}}};
}

bool IsCpuUtilization(const Value& metric) {
  const Object& resource = ObjectOf(metric, "resource");
  return TextOf(metric, "type") == "Resource" && TextOf(resource, "name") == "cpu" &&
         IsSet(ObjectOf(resource, "target"), "averageUtilization");
}

void Put(Object& to, std::string_view name, const Object& from, std::string_view from_name) {
  if (IsSet(from, from_name)) to[name] = from.at(from_name);
}

Object Identifier(const Object& source, std::string_view selector) {
  Object metric;
  metric["name"] = TextOf(source, "metricName");
  Put(metric, "selector", source, selector);
  return metric;
}

// ---- v1 to v2

Object TargetOf(const Object& source, std::string_view value, std::string_view average,
                std::string_view share) {
  Object target;
  const bool has_average = IsSet(source, average);
  if (!share.empty()) {
    target["type"] = IsSet(source, share) ? "Utilization" : "AverageValue";
    Put(target, "averageUtilization", source, share);
  } else if (value.empty()) {
    target["type"] = "AverageValue";
  } else {
    target["type"] = has_average ? "AverageValue" : "Value";
    if (!has_average || TextOf(source, value) != "0") Put(target, "value", source, value);
  }
  Put(target, "averageValue", source, average);
  return target;
}

Value MetricToV2(const Value& metric) {
  Object out;
  out["type"] = TextOf(metric, "type");
  for (std::string_view kind : {"resource", "containerResource"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    Object& to = out[kind].emplace_object();
    to["name"] = TextOf(source, "name");
    to["target"] = TargetOf(source, "", "targetAverageValue", "targetAverageUtilization");
    Put(to, "container", source, "container");
  }
  if (IsSet(metric, "pods")) {
    const Object& source = ObjectOf(metric, "pods");
    Object& to = out["pods"].emplace_object();
    to["metric"] = Identifier(source, "selector");
    to["target"] = TargetOf(source, "", "targetAverageValue", "");
  }
  if (IsSet(metric, "object")) {
    const Object& source = ObjectOf(metric, "object");
    Object& to = out["object"].emplace_object();
    to["describedObject"] = ObjectOf(source, "target");
    to["target"] = TargetOf(source, "targetValue", "averageValue", "");
    to["metric"] = Identifier(source, "selector");
  }
  if (IsSet(metric, "external")) {
    const Object& source = ObjectOf(metric, "external");
    Object& to = out["external"].emplace_object();
    to["metric"] = Identifier(source, "metricSelector");
    to["target"] = TargetOf(source, "targetValue", "targetAverageValue", "");
  }
  return out;
}

// ---- v2 to v1

Value MetricToV1(const Value& metric) {
  Object out;
  out["type"] = TextOf(metric, "type");
  if (IsSet(metric, "object")) {
    const Object& source = ObjectOf(metric, "object");
    const Object& target = ObjectOf(source, "target");
    const Object& identifier = ObjectOf(source, "metric");
    Object& to = out["object"].emplace_object();
    to["target"] = ObjectOf(source, "describedObject");
    to["metricName"] = TextOf(identifier, "name");
    to["targetValue"] = IsSet(target, "value") ? target.at("value") : Value("0");
    Put(to, "selector", identifier, "selector");
    Put(to, "averageValue", target, "averageValue");
  }
  if (IsSet(metric, "pods")) {
    const Object& source = ObjectOf(metric, "pods");
    const Object& target = ObjectOf(source, "target");
    const Object& identifier = ObjectOf(source, "metric");
    Object& to = out["pods"].emplace_object();
    to["metricName"] = TextOf(identifier, "name");
    to["targetAverageValue"] =
        IsSet(target, "averageValue") ? target.at("averageValue") : Value("0");
    Put(to, "selector", identifier, "selector");
  }
  for (std::string_view kind : {"resource", "containerResource"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    const Object& target = ObjectOf(source, "target");
    Object& to = out[kind].emplace_object();
    to["name"] = TextOf(source, "name");
    Put(to, "targetAverageUtilization", target, "averageUtilization");
    Put(to, "targetAverageValue", target, "averageValue");
    Put(to, "container", source, "container");
  }
  if (IsSet(metric, "external")) {
    const Object& source = ObjectOf(metric, "external");
    const Object& target = ObjectOf(source, "target");
    const Object& identifier = ObjectOf(source, "metric");
    Object& to = out["external"].emplace_object();
    to["metricName"] = TextOf(identifier, "name");
    Put(to, "metricSelector", identifier, "selector");
    Put(to, "targetValue", target, "value");
    Put(to, "targetAverageValue", target, "averageValue");
  }
  return out;
}

// ---- statuses, v1 to v2

// The annotation `name` as JSON, or null.
Value ReadAnnotation(const Object& annotations, std::string_view name) {
  if (!annotations.contains(name)) return {};
  boost::system::error_code error;
  Value value = boost::json::parse(TextOf(annotations, name), error);
  return error ? Value() : value;
}

Value StatusMetricToV2(const Value& metric) {
  Object out;
  out["type"] = TextOf(metric, "type");
  const auto value_or_zero = [](const Object& source, std::string_view name) {
    return IsSet(source, name) ? source.at(name) : Value("0");
  };
  for (std::string_view kind : {"resource", "containerResource"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    Object& to = out[kind].emplace_object();
    to["name"] = TextOf(source, "name");
    Object& current = to["current"].emplace_object();
    current["averageValue"] = value_or_zero(source, "currentAverageValue");
    Put(current, "averageUtilization", source, "currentAverageUtilization");
    Put(to, "container", source, "container");
  }
  for (std::string_view kind : {"pods", "object", "external"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    Object& to = out[kind].emplace_object();
    to["metric"] = Identifier(source, kind == "external" ? "metricSelector" : "selector");
    Object& current = to["current"].emplace_object();
    if (kind == "pods") {
      current["averageValue"] = value_or_zero(source, "currentAverageValue");
      continue;
    }
    current["value"] = value_or_zero(source, "currentValue");
    Put(current, "averageValue", source, kind == "object" ? "averageValue" : "currentAverageValue");
    if (kind == "object") to["describedObject"] = ObjectOf(source, "target");
  }
  return out;
}

// The annotation knows more than the field.
void StatusToV2(const Object& annotations, Object& object) {
  constexpr std::string_view kCurrentPercent = "currentCPUUtilizationPercentage";
  Object& status = EnsureObject(object, "status");
  if (IsSet(status, kCurrentPercent)) {
    const Value percent = status.at(kCurrentPercent);
    status["currentMetrics"] =
        Array{{{"type", "Resource"},
               {"resource", {{"name", "cpu"}, {"current", {{"averageUtilization", percent}}}}}}};
  }
  status.erase(kCurrentPercent);
  const Value metrics = ReadAnnotation(annotations, kCurrentMetrics);
  if (metrics.is_array()) {
    Array& list = status["currentMetrics"].emplace_array();
    for (const Value& metric : metrics.get_array()) list.push_back(StatusMetricToV2(metric));
  }
  const Value conditions = ReadAnnotation(annotations, kConditions);
  if (conditions.is_array()) status["conditions"] = conditions;
}

Value MemberOrNull(const Object& object, std::string_view name) {
  return IsSet(object, name) ? object.at(name) : Value();
}

// The annotation shows the internal type, whose fields have Go's names.
Value RulesInGo(const Object& behavior, std::string_view name) {
  if (!IsSet(behavior, name)) return {};
  const Object& rules = ObjectOf(behavior, name);
  Value policies;
  if (IsSet(rules, "policies")) {
    Array& list = policies.emplace_array();
    for (const Value& policy : ArrayOf(rules, "policies")) {
      list.push_back({{"Type", TextOf(policy, "type")},
                      {"Value", IntOf(AsObject(policy), "value")},
                      {"PeriodSeconds", IntOf(AsObject(policy), "periodSeconds")}});
    }
  }
  return {{"StabilizationWindowSeconds", MemberOrNull(rules, "stabilizationWindowSeconds")},
          {"SelectPolicy", MemberOrNull(rules, "selectPolicy")},
          {"Policies", policies},
          {"Tolerance", MemberOrNull(rules, "tolerance")}};
}

// Go reads JSON names in any case; the annotation is only ever written as above.
std::string LowerFirst(std::string_view name) {
  std::string lower(name);
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z') {
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  }
  return lower;
}

Value LowerKeys(const Value& value) {
  if (value.is_array()) {
    Array items;
    for (const Value& item : value.get_array()) items.push_back(LowerKeys(item));
    return items;
  }
  if (!value.is_object()) return value;
  Object members;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_null()) members[LowerFirst(member.key())] = LowerKeys(member.value());
  }
  return members;
}

Array MetricsOfV1(const Object& spec, const Object& annotations) {
  Array metrics;
  const Value others = ReadAnnotation(annotations, kMetrics);
  if (others.is_array()) {
    for (const Value& metric : others.get_array()) metrics.push_back(MetricToV2(metric));
  }
  if (IsSet(spec, kPercent)) metrics.push_back(CpuMetric(spec.at(kPercent)));
  if (metrics.empty()) metrics.push_back(CpuMetric(kDefaultPercent));
  return metrics;
}

void DropAnnotations(Object& object) {
  Object* meta = IfObjectOf(object, "metadata");
  if (meta == nullptr) return;
  Object* annotations = IfObjectOf(*meta, "annotations");
  if (annotations == nullptr) return;
  for (std::string_view name : {kMetrics, kCurrentMetrics, kConditions, kBehavior}) {
    annotations->erase(name);
  }
  if (annotations->empty()) meta->erase("annotations");
}

void Annotate(Object& object, std::string_view name, const Value& value) {
  EnsureObject(EnsureObject(object, "metadata"), "annotations")[name] = ToJson(value);
}

Value StatusMetricToV1(const Value& metric) {
  Object out;
  out["type"] = TextOf(metric, "type");
  for (std::string_view kind : {"resource", "containerResource"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    const Object& current = ObjectOf(source, "current");
    Object& to = out[kind].emplace_object();
    to["name"] = TextOf(source, "name");
    Put(to, "currentAverageUtilization", current, "averageUtilization");
    to["currentAverageValue"] =
        IsSet(current, "averageValue") ? current.at("averageValue") : Value("0");
    Put(to, "container", source, "container");
  }
  for (std::string_view kind : {"pods", "object", "external"}) {
    if (!IsSet(metric, kind)) continue;
    const Object& source = ObjectOf(metric, kind);
    const Object& current = ObjectOf(source, "current");
    Object& to = out[kind].emplace_object();
    if (kind == "object") to["target"] = ObjectOf(source, "describedObject");
    to["metricName"] = TextOf(ObjectOf(source, "metric"), "name");
    if (kind == "pods") {
      Put(to, "currentAverageValue", current, "averageValue");
    } else {
      to["currentValue"] = IsSet(current, "value") ? current.at("value") : Value("0");
      Put(to, kind == "object" ? "averageValue" : "currentAverageValue", current, "averageValue");
    }
  }
  return out;
}

void StatusToV1(Object& object) {
  Object* status = IfObjectOf(object, "status");
  if (status == nullptr) return;
  const Array metrics = ArrayOf(*status, "currentMetrics");
  const Array conditions = ArrayOf(*status, "conditions");
  status->erase("currentMetrics");
  status->erase("conditions");
  for (const Value& metric : metrics) {
    const Object& current = ObjectOf(ObjectOf(metric, "resource"), "current");
    if (TextOf(ObjectOf(metric, "resource"), "name") == "cpu" &&
        IsSet(current, "averageUtilization")) {
      (*status)["currentCPUUtilizationPercentage"] = current.at("averageUtilization");
    }
  }
  if (!metrics.empty()) {
    Array shown;
    for (const Value& metric : metrics) shown.push_back(StatusMetricToV1(metric));
    Annotate(object, kCurrentMetrics, shown);
  }
  if (!conditions.empty()) Annotate(object, kConditions, conditions);
}

}  // namespace

void DropAutoscalerAnnotations(Object& object) {
  Object* metadata = IfObjectOf(object, "metadata");
  Object* annotations = metadata == nullptr ? nullptr : IfObjectOf(*metadata, "annotations");
  if (annotations == nullptr) return;
  for (std::string_view name :
       {kMetrics, kCurrentMetrics, kConditions, kBehavior, kToleranceDown, kToleranceUp}) {
    annotations->erase(name);
  }
  if (annotations->empty()) metadata->erase("annotations");
}

void DefaultAutoscalerPercent(Object& object) {
  if (ObjectOf(ObjectOf(object, "metadata"), "annotations").contains(kMetrics)) return;
  FillPointer(EnsureObject(object, "spec"), kPercent, kDefaultPercent);
}

void AutoscalerToV2(std::string_view, std::string_view version, Object& object) {
  if (version != "v1") return;
  Object& spec = EnsureObject(object, "spec");
  const Object annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
  spec["metrics"] = MetricsOfV1(spec, annotations);
  spec.erase(kPercent);
  const Value behavior = ReadAnnotation(annotations, kBehavior);
  if (behavior.is_object() && !behavior.get_object().empty()) {
    spec["behavior"] = LowerKeys(behavior);
    DefaultAutoscalerBehavior(spec);
  }
  StatusToV2(annotations, object);
  DropAnnotations(object);
}

void AutoscalerFromV2(std::string_view, std::string_view version, Object& object) {
  if (version != "v1") return;
  Object& spec = EnsureObject(object, "spec");
  const Array metrics = ArrayOf(spec, "metrics");
  const Object behavior = ObjectOf(spec, "behavior");
  spec.erase("metrics");
  spec.erase("behavior");
  DropAnnotations(object);
  Array others;
  bool has_percent = false;
  for (const Value& metric : metrics) {
    if (!IsCpuUtilization(metric)) {
      others.push_back(MetricToV1(metric));
      continue;
    }
    if (has_percent) continue;
    spec[kPercent] = ObjectOf(ObjectOf(metric, "resource"), "target").at("averageUtilization");
    has_percent = true;
  }
  if (!others.empty()) Annotate(object, kMetrics, others);
  StatusToV1(object);
  if (behavior.empty()) return;
  Annotate(object, kBehavior,
           {{"ScaleUp", RulesInGo(behavior, "scaleUp")},
            {"ScaleDown", RulesInGo(behavior, "scaleDown")}});
}

}  // namespace apiserver
