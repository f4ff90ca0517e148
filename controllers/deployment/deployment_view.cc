#include "controllers/deployment/deployment_view.h"

#include <algorithm>
#include <limits>

#include "apiserver/api/int_or_string.h"
#include "controllers/framework/summaries.h"

namespace controllers {
namespace {

using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::Rounding;

constexpr std::int64_t kNever = std::numeric_limits<std::int32_t>::max();

int Scaled(const Value& deployment, std::string_view field, int replicas, Rounding rounding) {
  const auto count = apiserver::ScaledIntOrPercent(
      FindPath(deployment, {"spec", "strategy", "rollingUpdate", field}), replicas, rounding);
  return count.ok() ? static_cast<int>(*count) : 0;
}

// MaxInt32 stands for no limit.
std::optional<int> ReadLimit(const Value& deployment, std::string_view field) {
  const std::int64_t limit = IntAt(deployment, {"spec", field}, kNever);
  if (limit == kNever) return {};
  return static_cast<int>(limit);
}

}  // namespace

DeploymentView ReadDeployment(const Value& deployment, const ObjectMeta& meta) {
  DeploymentView view;
  view.name = meta.name;
  view.generation = meta.generation;
  view.replicas = static_cast<int>(IntAt(deployment, {"spec", "replicas"}, 1));
  view.is_paused = apiserver::BoolAt(deployment, {"spec", "paused"});
  view.is_rolling = apiserver::TextAt(deployment, {"spec", "strategy", "type"}) != "Recreate";
  if (view.is_rolling) {
    view.max_surge = Scaled(deployment, "maxSurge", view.replicas, Rounding::kUp);
    view.max_unavailable = Scaled(deployment, "maxUnavailable", view.replicas, Rounding::kDown);
    // Both zero (by rounding) would never make progress.
    if (view.max_surge == 0 && view.max_unavailable == 0) view.max_unavailable = 1;
    view.max_unavailable = std::min(view.max_unavailable, view.replicas);
  }
  view.min_ready_seconds = static_cast<int>(IntAt(deployment, {"spec", "minReadySeconds"}));
  view.progress_deadline_seconds = ReadLimit(deployment, "progressDeadlineSeconds");
  view.revision_history_limit = ReadLimit(deployment, "revisionHistoryLimit");
  view.template_text = TemplateText(deployment);
  view.has_collision_count = FindPath(deployment, {"status", "collisionCount"}) != nullptr;
  view.collision_count = IntAt(deployment, {"status", "collisionCount"});
  view.status_replicas = static_cast<int>(IntAt(deployment, {"status", "replicas"}));
  view.updated_replicas = static_cast<int>(IntAt(deployment, {"status", "updatedReplicas"}));
  view.ready_replicas = static_cast<int>(IntAt(deployment, {"status", "readyReplicas"}));
  view.available_replicas = static_cast<int>(IntAt(deployment, {"status", "availableReplicas"}));
  return view;
}

}  // namespace controllers
