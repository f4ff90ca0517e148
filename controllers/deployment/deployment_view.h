// A Deployment as its planner reads it.
#pragma once

#include <optional>
#include <string>

#include "controllers/framework/names.h"

namespace controllers {

struct DeploymentView {
  std::string name;
  std::int64_t generation = 0;
  int replicas = 1;
  bool is_paused = false;
  bool is_rolling = true;   // RollingUpdate; else Recreate
  int max_surge = 0;        // 0 unless rolling
  int max_unavailable = 0;  // 0 unless rolling; at most `replicas`
  int min_ready_seconds = 0;
  std::optional<int> progress_deadline_seconds;
  std::optional<int> revision_history_limit;
  std::string template_text;
  // Of status, as last written.
  std::int64_t collision_count = 0;
  bool has_collision_count = false;
  int status_replicas = 0;
  int updated_replicas = 0;
  int ready_replicas = 0;
  int available_replicas = 0;
};

DeploymentView ReadDeployment(const Value& deployment, const ObjectMeta& meta);

}  // namespace controllers
