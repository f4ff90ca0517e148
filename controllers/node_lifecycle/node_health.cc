#include "controllers/node_lifecycle/node_health.h"

#include <algorithm>
#include <array>

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::TextAt;

constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
constexpr std::string_view kUnschedulable = "node.kubernetes.io/unschedulable";

// A condition that, being `status`, asks for a taint.
struct ConditionTaint {
  std::string_view condition;
  std::string_view status;
  std::string_view taint;
};
constexpr std::array<ConditionTaint, 6> kConditionTaints = {{
    {"Ready", "False", kNotReady},
    {"Ready", "Unknown", kUnreachable},
    {"MemoryPressure", "True", "node.kubernetes.io/memory-pressure"},
    {"DiskPressure", "True", "node.kubernetes.io/disk-pressure"},
    {"PIDPressure", "True", "node.kubernetes.io/pid-pressure"},
    {"NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"},
}};

std::string_view StatusOf(const Value& node, std::string_view type) {
  const Value* condition = FindCondition(FindPath(node, {"status", "conditions"}), type);
  return condition == nullptr ? std::string_view() : TextAt(*condition, {"status"});
}

bool IsTaint(const Value& taint, std::string_view key, std::string_view effect) {
  return TextAt(taint, {"key"}) == key && TextAt(taint, {"effect"}) == effect;
}

// Puts the taint in or takes it out. True: the list changed.
bool SetTaint(Array& taints, std::string_view key, std::string_view effect, bool is_wanted,
              sim::Time now) {
  const auto found = std::find_if(taints.begin(), taints.end(),
                                  [&](const Value& taint) { return IsTaint(taint, key, effect); });
  if ((found != taints.end()) == is_wanted) return false;
  if (!is_wanted) {
    taints.erase(found);
    return true;
  }
  Object taint;
  taint["key"] = key;
  taint["effect"] = effect;
  taint["timeAdded"] = apiserver::FormatTime(now);
  taints.push_back(std::move(taint));
  return true;
}

}  // namespace

sim::Time SilentAt(const NodeHeard& heard) {
  return heard.at + (heard.has_reported ? kNodeGrace : kNodeStartupGrace);
}

std::optional<Array> UnknownConditions(const Value& node, sim::Time now) {
  Array conditions = CopyConditions(FindPath(node, {"status", "conditions"}));
  const std::string time = apiserver::FormatTime(now);
  bool changed = false;
  for (const std::string_view type : {"Ready", "MemoryPressure", "DiskPressure", "PIDPressure"}) {
    Value* present = nullptr;
    for (Value& condition : conditions) {
      if (TextAt(condition, {"type"}) == type) present = &condition;
    }
    if (present == nullptr) {
      Object condition;
      condition["type"] = type;
      condition["status"] = "Unknown";
      condition["lastHeartbeatTime"] = TextAt(node, {"metadata", "creationTimestamp"});
      condition["lastTransitionTime"] = time;
      condition["reason"] = "NodeStatusNeverUpdated";
      condition["message"] = "Kubelet never posted node status.";
      conditions.push_back(std::move(condition));
      changed = true;
    } else if (TextAt(*present, {"status"}) != "Unknown") {
      Object& condition = present->get_object();
      condition["status"] = "Unknown";
      condition["reason"] = "NodeStatusUnknown";
      condition["message"] = "Kubelet stopped posting node status.";
      condition["lastTransitionTime"] = time;
      changed = true;
    }
  }
  if (!changed) return {};
  return conditions;
}

std::optional<Array> WantedTaints(const Value& node, sim::Time now) {
  Array taints;
  const Value* present = FindPath(node, {"spec", "taints"});
  if (present != nullptr && present->is_array()) taints = present->get_array();
  bool changed = false;
  for (const ConditionTaint& rule : kConditionTaints) {
    const std::string_view status = StatusOf(node, rule.condition);
    // A node that has said nothing yet keeps the taint it was born with.
    if (rule.condition == "Ready" && status.empty()) continue;
    changed |= SetTaint(taints, rule.taint, "NoSchedule", status == rule.status, now);
    if (rule.condition == "Ready") {
      changed |= SetTaint(taints, rule.taint, "NoExecute", status == rule.status, now);
    }
  }
  const bool is_unschedulable = apiserver::BoolAt(node, {"spec", "unschedulable"});
  changed |= SetTaint(taints, kUnschedulable, "NoSchedule", is_unschedulable, now);
  if (!changed) return {};
  return taints;
}

}  // namespace controllers
