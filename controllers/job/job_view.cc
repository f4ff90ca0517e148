#include "controllers/job/job_view.h"

#include <algorithm>
#include <charconv>

#include "apiserver/api/time_format.h"

namespace controllers {
namespace {

using apiserver::Find;
using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::TextAt;

std::optional<int> ReadInt(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* found = FindPath(value, path);
  if (found == nullptr || !found->is_int64()) return {};
  return static_cast<int>(found->get_int64());
}

std::vector<std::string> ReadTexts(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(text.get_string());
  }
  return texts;
}

Array ToArray(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::optional<int> AnnotationNumber(const Value& pod, std::string_view name) {
  const std::string_view text = TextAt(pod, {"metadata", "annotations", name});
  int number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc()) return {};
  return number;
}

// When its last container ended; else when it became unready; else when its deletion began.
sim::Time FinishTime(const Value& pod, const PodInformer::Entry& entry) {
  std::optional<sim::Time> latest;
  const Value* statuses = FindPath(pod, {"status", "containerStatuses"});
  if (statuses != nullptr && statuses->is_array()) {
    for (const Value& status : statuses->get_array()) {
      const auto end =
          apiserver::TimeFromText(TextAt(status, {"state", "terminated", "finishedAt"}));
      if (end && (!latest || *end > *latest)) latest = end;
    }
  }
  if (latest) return *latest;
  const Value* ready = FindCondition(FindPath(pod, {"status", "conditions"}), "Ready");
  if (ready != nullptr && TextAt(*ready, {"status"}) == "False") {
    if (const auto at = apiserver::TimeFromText(TextAt(*ready, {"lastTransitionTime"}))) return *at;
  }
  if (entry.meta().deletion_timestamp) {
    const auto grace = std::chrono::seconds(entry.meta().deletion_grace_period_seconds.value_or(0));
    if (const auto at = apiserver::TimeFromText(*entry.meta().deletion_timestamp)) {
      return *at - grace;
    }
  }
  return entry.summary.created;
}

}  // namespace

JobView ReadJob(const Value& job, const ObjectMeta& meta) {
  JobView view;
  view.is_deleting = meta.is_deleting();
  view.parallelism = ReadInt(job, {"spec", "parallelism"}).value_or(1);
  view.completions = ReadInt(job, {"spec", "completions"});
  view.backoff_limit = ReadInt(job, {"spec", "backoffLimit"}).value_or(6);
  view.backoff_limit_per_index = ReadInt(job, {"spec", "backoffLimitPerIndex"});
  view.max_failed_indexes = ReadInt(job, {"spec", "maxFailedIndexes"});
  view.active_deadline_seconds = ReadInt(job, {"spec", "activeDeadlineSeconds"});
  view.is_indexed = TextAt(job, {"spec", "completionMode"}) == "Indexed";
  view.is_suspended = apiserver::BoolAt(job, {"spec", "suspend"});
  view.failure_policy = FindPath(job, {"spec", "podFailurePolicy"});
  view.success_policy = FindPath(job, {"spec", "successPolicy"});
  view.replaces_only_failed = TextAt(job, {"spec", "podReplacementPolicy"}) == "Failed";
  view.restarts_on_failure =
      TextAt(job, {"spec", "template", "spec", "restartPolicy"}) == "OnFailure";
  return view;
}

JobStatus ReadJobStatus(const Value& job) {
  JobStatus status;
  status.conditions = CopyConditions(FindPath(job, {"status", "conditions"}));
  status.start_time = TextAt(job, {"status", "startTime"});
  status.completion_time = TextAt(job, {"status", "completionTime"});
  status.active = ReadInt(job, {"status", "active"}).value_or(0);
  status.succeeded = ReadInt(job, {"status", "succeeded"}).value_or(0);
  status.failed = ReadInt(job, {"status", "failed"}).value_or(0);
  status.ready = ReadInt(job, {"status", "ready"}).value_or(0);
  status.terminating = ReadInt(job, {"status", "terminating"}).value_or(0);
  status.completed_indexes = TextAt(job, {"status", "completedIndexes"});
  if (FindPath(job, {"status", "failedIndexes"}) != nullptr) {
    status.failed_indexes = std::string(TextAt(job, {"status", "failedIndexes"}));
  }
  const Value* uncounted = FindPath(job, {"status", "uncountedTerminatedPods"});
  if (uncounted != nullptr) {
    status.uncounted_succeeded = ReadTexts(Find(*uncounted, "succeeded"));
    status.uncounted_failed = ReadTexts(Find(*uncounted, "failed"));
  }
  return status;
}

Value ToValue(const JobStatus& status) {
  Object value;
  const auto set_count = [&value](std::string_view name, int count) {
    if (count != 0) value[name] = count;
  };
  if (!status.conditions.empty()) value["conditions"] = status.conditions;
  if (!status.start_time.empty()) value["startTime"] = status.start_time;
  if (!status.completion_time.empty()) value["completionTime"] = status.completion_time;
  set_count("active", status.active);
  set_count("succeeded", status.succeeded);
  set_count("failed", status.failed);
  value["terminating"] = status.terminating;
  if (!status.completed_indexes.empty()) value["completedIndexes"] = status.completed_indexes;
  if (status.failed_indexes) value["failedIndexes"] = *status.failed_indexes;
  Object uncounted;
  if (!status.uncounted_succeeded.empty()) {
    uncounted["succeeded"] = ToArray(status.uncounted_succeeded);
  }
  if (!status.uncounted_failed.empty()) uncounted["failed"] = ToArray(status.uncounted_failed);
  value["uncountedTerminatedPods"] = std::move(uncounted);
  value["ready"] = status.ready;
  return value;
}

const Value* FindTrueCondition(const Array& conditions, std::string_view type) {
  for (const Value& condition : conditions) {
    if (TextAt(condition, {"type"}) == type && TextAt(condition, {"status"}) == "True") {
      return &condition;
    }
  }
  return nullptr;
}

bool IsJobFinished(const Array& conditions) {
  return FindTrueCondition(conditions, "Complete") != nullptr ||
         FindTrueCondition(conditions, "Failed") != nullptr;
}

bool EnsureJobCondition(Array& conditions, const Condition& condition, sim::Time now) {
  Object entry;
  entry["type"] = condition.type;
  entry["status"] = condition.status;
  entry["lastProbeTime"] = apiserver::FormatTime(now);
  entry["lastTransitionTime"] = apiserver::FormatTime(now);
  entry["reason"] = condition.reason;
  entry["message"] = condition.message;
  for (Value& present : conditions) {
    if (TextAt(present, {"type"}) != condition.type) continue;
    const bool is_same = TextAt(present, {"status"}) == condition.status &&
                         TextAt(present, {"reason"}) == condition.reason &&
                         TextAt(present, {"message"}) == condition.message;
    if (is_same) return false;
    present = std::move(entry);
    return true;
  }
  if (condition.status == "False") return false;
  conditions.push_back(std::move(entry));
  return true;
}

JobPod ReadJobPod(const JobView& job, const PodPtr& pod) {
  JobPod result;
  result.entry = pod;
  const ObjectMeta& meta = pod->meta();
  result.has_finalizer = std::find(meta.finalizers.begin(), meta.finalizers.end(), kJobTracking) !=
                         meta.finalizers.end();
  const PodPhase phase = pod->summary.phase;
  result.index = pod->summary.completion_index;
  result.is_failed = phase == PodPhase::kFailed;
  if (!result.is_failed && meta.is_deleting()) {
    result.is_failed =
        job.replaces_only_failed ? phase == PodPhase::kPending : phase != PodPhase::kSucceeded;
  }
  const bool is_read_further =
      result.has_finalizer && (result.is_failed || phase == PodPhase::kSucceeded);
  if (!is_read_further) return result;
  const std::shared_ptr<const Value> value = pod->object->Peek();
  result.finished_at = FinishTime(*value, *pod);
  if (!result.is_failed) return result;
  result.match = MatchFailurePolicy(job, *value, meta);
  result.index_failure_count = AnnotationNumber(*value, kIndexFailureCount).value_or(0);
  result.index_ignored_count = AnnotationNumber(*value, kIndexIgnoredFailureCount).value_or(0);
  return result;
}

}  // namespace controllers
