// podFailurePolicy. Source of rules and messages:
// k8s.io/kubernetes/pkg/controller/job/pod_failure_policy.go.
#include "controllers/job/job_view.h"

namespace controllers {
namespace {

using apiserver::Find;
using apiserver::FindPath;
using apiserver::TextAt;

std::optional<FailureAction> ReadAction(std::string_view text) {
  if (text == "FailJob") return FailureAction::kFailJob;
  if (text == "FailIndex") return FailureAction::kFailIndex;
  if (text == "Ignore") return FailureAction::kIgnore;
  if (text == "Count") return FailureAction::kCount;
  return {};
}

bool MatchesCode(const Value& rule, std::int64_t exit_code) {
  if (exit_code == 0) return false;  // A success is never a failure's cause.
  const Value* values = Find(rule, "values");
  bool is_listed = false;
  if (values != nullptr && values->is_array()) {
    for (const Value& value : values->get_array()) {
      is_listed |= value.is_int64() && value.get_int64() == exit_code;
    }
  }
  const std::string_view operation = TextAt(rule, {"operator"});
  return operation == "In" ? is_listed : operation == "NotIn" && !is_listed;
}

// The container status that the exit code rule matches, or nullptr.
const Value* FindContainer(const Value& pod, const Value& rule) {
  for (const std::string_view list : {"containerStatuses", "initContainerStatuses"}) {
    const Value* statuses = FindPath(pod, {"status", list});
    if (statuses == nullptr || !statuses->is_array()) continue;
    for (const Value& status : statuses->get_array()) {
      const Value* terminated = FindPath(status, {"state", "terminated"});
      if (terminated == nullptr) continue;
      const std::string_view wanted = TextAt(rule, {"containerName"});
      if (!wanted.empty() && TextAt(status, {"name"}) != wanted) continue;
      if (MatchesCode(rule, apiserver::IntAt(*terminated, {"exitCode"}))) return &status;
    }
  }
  return nullptr;
}

// The pod condition that one of the patterns matches, or nullptr.
const Value* FindPattern(const Value& pod, const Value& patterns) {
  if (!patterns.is_array()) return nullptr;
  const Value* conditions = FindPath(pod, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    for (const Value& pattern : patterns.get_array()) {
      const std::string_view status = TextAt(pattern, {"status"});
      if (TextAt(condition, {"type"}) == TextAt(pattern, {"type"}) &&
          TextAt(condition, {"status"}) == (status.empty() ? "True" : status)) {
        return &condition;
      }
    }
  }
  return nullptr;
}

}  // namespace

FailureMatch MatchFailurePolicy(const JobView& job, const Value& pod, const ObjectMeta& meta) {
  const Value* rules = job.failure_policy == nullptr ? nullptr : Find(*job.failure_policy, "rules");
  if (rules == nullptr || !rules->is_array()) return {};
  int index = -1;
  for (const Value& rule : rules->get_array()) {
    ++index;
    const std::string action_text(TextAt(rule, {"action"}));
    const auto action = ReadAction(action_text);
    if (!action) continue;
    if (*action == FailureAction::kFailIndex && !job.backoff_limit_per_index) continue;
    const std::string suffix =
        " matching " + action_text + " rule at index " + std::to_string(index);
    if (const Value* exit_codes = Find(rule, "onExitCodes")) {
      if (const Value* status = FindContainer(pod, *exit_codes)) {
        return {*action,
                "Container " + std::string(TextAt(*status, {"name"})) + " for pod " +
                    meta.key().Text() + " failed with exit code " +
                    std::to_string(apiserver::IntAt(*status, {"state", "terminated", "exitCode"})) +
                    suffix};
      }
    } else if (const Value* patterns = Find(rule, "onPodConditions")) {
      if (const Value* condition = FindPattern(pod, *patterns)) {
        return {*action, "Pod " + meta.key().Text() + " has condition " +
                             std::string(TextAt(*condition, {"type"})) + suffix};
      }
    }
  }
  return {};
}

}  // namespace controllers
