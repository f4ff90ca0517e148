#include "apiserver/registry/kinds/autoscaler_v1.h"

#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

bool IsCpuUtilization(const Value& metric) {
  const Object& resource = ObjectOf(metric, "resource");
  return TextOf(metric, "type") == "Resource" && TextOf(resource, "name") == "cpu" &&
         IsSet(ObjectOf(resource, "target"), "averageUtilization");
}

}  // namespace

void AutoscalerToV2(std::string_view, std::string_view version, Object& object) {
  if (version != "v1") return;
  Object& spec = EnsureObject(object, "spec");
  constexpr std::string_view kPercent = "targetCPUUtilizationPercentage";
  if (IsSet(spec, kPercent)) {
    const Value percent = spec.at(kPercent);
    spec["metrics"] =
        Array{{{"type", "Resource"},
               {"resource",
                {{"name", "cpu"},
                 {"target", {{"type", "Utilization"}, {"averageUtilization", percent}}}}}}};
  } else if (ArrayOf(spec, "metrics").empty()) {
    spec["metrics"] = Array{
        {{"type", "Resource"},
         {"resource",
          {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", 80}}}}}}};
  }
  spec.erase(kPercent);
}

void AutoscalerFromV2(std::string_view, std::string_view version, Object& object) {
  if (version != "v1") return;
  Object& spec = EnsureObject(object, "spec");
  for (const Value& metric : ArrayOf(spec, "metrics")) {
    if (!IsCpuUtilization(metric)) continue;
    const Value percent = ObjectOf(ObjectOf(metric, "resource"), "target").at("averageUtilization");
    spec["targetCPUUtilizationPercentage"] = percent;
    break;
  }
  spec.erase("metrics");
  spec.erase("behavior");
  if (Object* status = IfObjectOf(object, "status")) {
    status->erase("currentMetrics");
    status->erase("conditions");
  }
}

}  // namespace apiserver
