#include "controllers/disruption/disruption_plan.h"

#include <algorithm>

#include "apiserver/api/int_or_string.h"
#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::Rounding;

int Scaled(const Value& value, int total) {
  const auto count = apiserver::ScaledIntOrPercent(&value, total, Rounding::kUp);
  return count.ok() ? static_cast<int>(*count) : 0;
}

}  // namespace

bool NeedsScale(const Value& budget) {
  if (FindPath(budget, {"spec", "maxUnavailable"}) != nullptr) return true;
  const Value* min_available = FindPath(budget, {"spec", "minAvailable"});
  return min_available != nullptr && min_available->is_string();
}

DisruptionCounts CountDisruption(const Value& budget, int pod_count, int scale) {
  DisruptionCounts counts;
  counts.expected = NeedsScale(budget) ? scale : pod_count;
  if (const Value* max = FindPath(budget, {"spec", "maxUnavailable"})) {
    counts.desired = std::max(0, scale - Scaled(*max, scale));
  } else if (const Value* min = FindPath(budget, {"spec", "minAvailable"})) {
    counts.desired = Scaled(*min, counts.expected);
  }
  return counts;
}

Value DisruptionStatus(const Value& budget, const ObjectMeta& meta, const DisruptionCounts& counts,
                       const DisruptedPods& disrupted, sim::Time now) {
  const int allowed = counts.expected <= 0 ? 0 : std::max(0, counts.healthy - counts.desired);
  Object status;
  if (meta.generation != 0) status["observedGeneration"] = meta.generation;
  if (!disrupted.empty()) {
    Object pods;
    for (const auto& [name, since] : disrupted) pods[name] = since;
    status["disruptedPods"] = std::move(pods);
  }
  status["disruptionsAllowed"] = allowed;
  status["currentHealthy"] = counts.healthy;
  status["desiredHealthy"] = counts.desired;
  status["expectedPods"] = counts.expected;
  Object condition;
  condition["type"] = "DisruptionAllowed";
  condition["status"] = allowed > 0 ? "True" : "False";
  if (meta.generation != 0) condition["observedGeneration"] = meta.generation;
  condition["lastTransitionTime"] = apiserver::FormatTime(now);
  condition["reason"] = allowed > 0 ? "SufficientPods" : "InsufficientPods";
  condition["message"] = "";
  const Value* old = FindPath(budget, {"status", "conditions"});
  Array conditions = CopyConditions(old);
  const Value* before = FindCondition(old, "DisruptionAllowed");
  if (before != nullptr &&
      apiserver::TextAt(*before, {"status"}) == (allowed > 0 ? "True" : "False")) {
    condition["lastTransitionTime"] = apiserver::TextAt(*before, {"lastTransitionTime"});
  }
  RemoveCondition(conditions, "DisruptionAllowed");
  conditions.push_back(std::move(condition));
  status["conditions"] = std::move(conditions);
  return status;
}

}  // namespace controllers
