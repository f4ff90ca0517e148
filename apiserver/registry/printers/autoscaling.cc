#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

constexpr char kUnknown[] = "<unknown>";

// The member of a metric (spec or status) that goes with its type: "Pods" -> "pods".
std::string MemberOf(std::string_view type) {
  std::string member(type);
  if (!member.empty()) member[0] = static_cast<char>(member[0] | 0x20);
  return member;
}

// "current/target" of a quantity, with what stands before and behind.
std::string Pair(const Value* status, std::string_view member, std::string_view field,
                 const Value& target) {
  std::string current = kUnknown;
  if (status != nullptr) current = Or(PlainAt(*status, {member, "current", field}), kUnknown);
  return current + "/" + PlainAt(target, {field});
}

std::string ResourceText(const Value& spec, const Value* status, std::string_view member) {
  const Value* target = FindPath(spec, {member, "target"});
  const std::string name(TextAt(spec, {member, "name"}));
  if (target != nullptr && Find(*target, "averageValue") != nullptr) {
    return name + ": " + Pair(status, member, "averageValue", *target);
  }
  std::string current = kUnknown;
  if (status != nullptr &&
      FindPath(*status, {member, "current", "averageUtilization"}) != nullptr) {
    current = PlainAt(*status, {member, "current", "averageUtilization"}) + "%";
  }
  std::string wanted = "<auto>";
  if (target != nullptr && Find(*target, "averageUtilization") != nullptr) {
    wanted = PlainAt(*target, {"averageUtilization"}) + "%";
  }
  return name + ": " + current + "/" + wanted;
}

std::string MetricText(const Value& spec, const Value* status) {
  const std::string type(TextAt(spec, {"type"}));
  const std::string member = MemberOf(type);
  if (type == "Resource" || type == "ContainerResource") return ResourceText(spec, status, member);
  const Value* target = FindPath(spec, {member, "target"});
  if (target == nullptr) return "<unknown type>";
  const bool is_average = Find(*target, "averageValue") != nullptr;
  if (type == "Pods") return Pair(status, member, "averageValue", *target);
  if (type != "External" && type != "Object") return "<unknown type>";
  return is_average ? Pair(status, member, "averageValue", *target) + " (avg)"
                    : Pair(status, member, "value", *target);
}

std::string MetricsText(const Value& object) {
  const Array& specs = ItemsAt(object, {"spec", "metrics"});
  const Array& statuses = ItemsAt(object, {"status", "currentMetrics"});
  if (specs.empty()) return "<none>";
  std::vector<std::string> texts;
  for (std::size_t index = 0; index < specs.size(); ++index) {
    texts.push_back(MetricText(specs[index], index < statuses.size() ? &statuses[index] : nullptr));
  }
  constexpr std::size_t kMetricsMax = 2;
  return JoinAtMost(texts, kMetricsMax, ", ");
}

Array AutoscalerCells(const Value& object, sim::Time now) {
  return {NameOf(object),
          std::string(TextAt(object, {"spec", "scaleTargetRef", "kind"})) + "/" +
              std::string(TextAt(object, {"spec", "scaleTargetRef", "name"})),
          MetricsText(object),
          Or(PlainAt(object, {"spec", "minReplicas"}), "<unset>"),
          IntAt(object, {"spec", "maxReplicas"}),
          IntAt(object, {"status", "currentReplicas"}),
          Age(object, now)};
}

}  // namespace

void AddAutoscalingPrinters(PrinterTable& printers) {
  printers.Add({"autoscaling", "horizontalpodautoscalers"},
               MakePrinter({NameColumn(), Text("Reference", "What is scaled."),
                            Text("Targets", "Metrics, each as it is and as it should be."),
                            Text("MinPods", "The least number of replicas."),
                            Text("MaxPods", "The greatest number of replicas."),
                            Text("Replicas", "Replicas last seen."), AgeColumn()},
                           AutoscalerCells));
}

}  // namespace apiserver
