// A Job's spec, status and pods as its planner reads them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controllers/framework/conditions.h"
#include "controllers/framework/summaries.h"
#include "controllers/job/index_set.h"

namespace controllers {

inline constexpr std::string_view kJobTracking = "batch.kubernetes.io/job-tracking";
inline constexpr std::string_view kCompletionIndex = "batch.kubernetes.io/job-completion-index";
inline constexpr std::string_view kIndexFailureCount =
    "batch.kubernetes.io/job-index-failure-count";
inline constexpr std::string_view kIndexIgnoredFailureCount =
    "batch.kubernetes.io/job-index-ignored-failure-count";

struct JobView {
  bool is_deleting = false;
  int parallelism = 1;
  std::optional<int> completions;
  int backoff_limit = 6;
  std::optional<int> backoff_limit_per_index;
  std::optional<int> max_failed_indexes;
  std::optional<int> active_deadline_seconds;
  bool is_indexed = false;
  bool is_suspended = false;
  bool replaces_only_failed = false;      // podReplacementPolicy: Failed
  bool restarts_on_failure = false;       // the template's restartPolicy: OnFailure
  const Value* failure_policy = nullptr;  // lives as long as the value that was read
  const Value* success_policy = nullptr;
};
JobView ReadJob(const Value& job, const ObjectMeta& meta);

struct JobStatus {
  Array conditions;
  std::string start_time;
  std::string completion_time;
  int active = 0, succeeded = 0, failed = 0, ready = 0, terminating = 0;
  std::string completed_indexes;
  std::optional<std::string> failed_indexes;
  std::vector<std::string> uncounted_succeeded;  // uids
  std::vector<std::string> uncounted_failed;
};
JobStatus ReadJobStatus(const Value& job);
Value ToValue(const JobStatus& status);

// The entry of a condition type with status True.
const Value* FindTrueCondition(const Array& conditions, std::string_view type);
// Complete or Failed.
bool IsJobFinished(const Array& conditions);
// Sets the status of a condition; an absent one is not added as False. True: something changed.
bool EnsureJobCondition(Array& conditions, const Condition& condition, sim::Time now);

// What a rule of podFailurePolicy says about a failed pod.
enum class FailureAction : std::uint8_t { kCount, kIgnore, kFailIndex, kFailJob };
struct FailureMatch {
  FailureAction action = FailureAction::kCount;
  std::string message;  // why the Job fails, for kFailJob
};
// Without a matching rule the failure counts.
FailureMatch MatchFailurePolicy(const JobView& job, const Value& pod, const ObjectMeta& meta);

struct JobPod {
  PodPtr entry;
  bool has_finalizer = false;
  bool is_failed = false;  // also deleted before it ever finished
  std::optional<int> index;
  int index_failure_count = 0;
  int index_ignored_count = 0;
  FailureMatch match;  // of failed pods that are not counted yet
  sim::Time finished_at{};
  const std::string& uid() const { return entry->meta().uid; }
};
JobPod ReadJobPod(const JobView& job, const PodPtr& pod);

}  // namespace controllers
