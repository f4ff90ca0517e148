// What a Job's status may become: the rules look only at what changes, so that an odd status can
// still be updated. Source: kubernetes/pkg/apis/batch/validation and pkg/registry/batch/job, 1.36.
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/job_spec.h"
#include "apiserver/registry/kinds/workload_status.h"

namespace apiserver {
namespace {

bool HasCondition(const Object& status, std::string_view type, std::string_view value = "True") {
  for (const Value& condition : ArrayOf(status, "conditions")) {
    if (TextOf(condition, "type") == type && TextOf(condition, "status") == value) return true;
  }
  return false;
}

// The old and the new side of one status update.
struct StatusChange {
  explicit StatusChange(const Object& job, const Object& old)
      : spec(ObjectOf(job, "spec")), now(ObjectOf(job, "status")), was(ObjectOf(old, "status")) {
    complete = HasCondition(now, "Complete");
    failed = HasCondition(now, "Failed");
    finished = complete || failed;
    success_met = HasCondition(now, "SuccessCriteriaMet");
    failure_target = HasCondition(now, "FailureTarget");
    complete_changed = complete != HasCondition(was, "Complete");
    failed_changed = failed != HasCondition(was, "Failed");
    finished_changed = finished != (HasCondition(was, "Complete") || HasCondition(was, "Failed"));
    success_changed = success_met != HasCondition(was, "SuccessCriteriaMet");
    failure_target_changed = failure_target != HasCondition(was, "FailureTarget");
  }

  bool Changed(std::string_view name) const { return !SameMember(now, was, name); }

  const Object& spec;
  const Object& now;
  const Object& was;
  bool complete, failed, finished, success_met, failure_target;
  bool complete_changed, failed_changed, finished_changed, success_changed, failure_target_changed;
};

void CheckUncounted(const Object& status, const FieldPath& path, Violations& out) {
  const Object& uncounted = ObjectOf(status, "uncountedTerminatedPods");
  const FieldPath uncounted_path = path.Child("uncountedTerminatedPods");
  std::set<std::string_view> seen;
  for (std::string_view list : {"succeeded", "failed"}) {
    const FieldPath list_path = uncounted_path.Child(list);
    std::size_t index = 0;
    for (const Value& uid : ArrayOf(uncounted, list)) {
      const FieldPath uid_path = list_path.Index(index++);
      if (AsText(uid).empty()) {
        out.Invalid(uid_path, uid, "must not be empty");
      } else if (!seen.insert(AsText(uid)).second) {
        out.Duplicate(uid_path, uid);
      }
    }
  }
}

void CheckTerminalConditions(const StatusChange& change, const FieldPath& path, Violations& out) {
  const FieldPath conditions = path.Child("conditions");
  const Object& now = change.now;
  if ((change.complete_changed || change.failed_changed) && change.complete && change.failed) {
    out.InvalidWithoutValue(conditions, "cannot set Complete=True and Failed=true conditions");
  }
  if ((change.complete_changed || change.failure_target_changed) && change.complete &&
      change.failure_target) {
    out.InvalidWithoutValue(conditions,
                            "cannot set Complete=True and FailureTarget=true conditions");
  }
  const bool times_changed = change.complete_changed || change.Changed("completionTime");
  const bool has_completion = IsSet(now, "completionTime");
  if (times_changed && has_completion && !change.complete) {
    out.Invalid(path.Child("completionTime"), now.at("completionTime"),
                "cannot set completionTime when there is no Complete=True condition");
  }
  if (times_changed && !has_completion && change.complete) {
    out.Required(path.Child("completionTime"), "completionTime is required for Complete jobs");
  }
  // RFC 3339 times in UTC compare as texts.
  if ((change.Changed("startTime") || change.Changed("completionTime")) && has_completion &&
      IsSet(now, "startTime") && TextOf(now, "completionTime") < TextOf(now, "startTime")) {
    out.Invalid(path.Child("completionTime"), now.at("completionTime"),
                "must be equal to or after `startTime`");
  }
  if ((change.failed_changed || change.Changed("failedIndexes")) && change.failed &&
      !change.failure_target) {
    out.InvalidWithoutValue(
        conditions, "cannot set Failed=True condition without the FailureTarget=true condition");
  }
  if ((change.complete_changed || change.success_changed) && change.complete &&
      !change.success_met) {
    out.InvalidWithoutValue(
        conditions,
        "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
  }
}

void CheckFinished(const StatusChange& change, const FieldPath& path, Violations& out) {
  if (!change.finished) return;
  const Object& now = change.now;
  if ((change.finished_changed || change.Changed("active")) && IntOf(now, "active") > 0) {
    out.Invalid(path.Child("active"), now.at("active"), "active>0 is invalid for finished job");
  }
  const bool suspended_for_nothing = FlagOf(change.spec, "suspend") &&
                                     IsSet(change.spec, "completions") &&
                                     IntOf(change.spec, "completions") == 0;
  if ((change.finished_changed || change.Changed("startTime")) && !suspended_for_nothing &&
      !IsSet(now, "startTime")) {
    out.Required(path.Child("startTime"), "startTime is required for finished job");
  }
  const Object& uncounted = ObjectOf(now, "uncountedTerminatedPods");
  const bool has_uncounted =
      !ArrayOf(uncounted, "failed").empty() || !ArrayOf(uncounted, "succeeded").empty();
  if ((change.finished_changed || change.Changed("uncountedTerminatedPods")) && has_uncounted) {
    out.Invalid(path.Child("uncountedTerminatedPods"), uncounted, "must be empty for finished job");
  }
}

void CheckIndexTexts(const StatusChange& change, const FieldPath& path, Violations& out) {
  const Object& now = change.now;
  const bool completed_changed = change.Changed("completedIndexes");
  const bool failed_changed = change.Changed("failedIndexes");
  const bool has_completions = IsSet(change.spec, "completions");
  const std::int64_t completions = IntOf(change.spec, "completions");
  const std::string_view completed = TextOf(now, "completedIndexes");
  const std::string_view failed = TextOf(now, "failedIndexes");
  const bool limits_per_index = IsSet(change.spec, "backoffLimitPerIndex");
  const FieldPath completed_path = path.Child("completedIndexes");
  const FieldPath failed_path = path.Child("failedIndexes");
  if (completed_changed && has_completions) {
    const JobIndexes read = ReadJobIndexes(completed, completions);
    if (!read.problem.empty()) {
      out.Invalid(completed_path, completed, "error parsing completedIndexes: " + read.problem);
    }
  }
  if (failed_changed && has_completions && limits_per_index && IsSet(now, "failedIndexes")) {
    const JobIndexes read = ReadJobIndexes(failed, completions);
    if (!read.problem.empty()) {
      out.Invalid(failed_path, failed, "error parsing failedIndexes: " + read.problem);
    }
  }
  if (completed_changed && !completed.empty() &&
      TextOf(change.spec, "completionMode") != "Indexed") {
    out.Invalid(completed_path, completed,
                "cannot set non-empty completedIndexes when non-indexed completion mode");
  }
  if (failed_changed && !limits_per_index && IsSet(now, "failedIndexes")) {
    out.Invalid(failed_path, failed,
                "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
  }
  if ((failed_changed || completed_changed) && has_completions) {
    const std::string overlap = FindIndexOverlap(completed, failed, completions);
    if (!overlap.empty()) out.Invalid(failed_path, failed, overlap);
  }
}

void CheckCountsAndCriteria(const StatusChange& change, const FieldPath& path, Violations& out) {
  const Object& now = change.now;
  if ((change.finished_changed || change.Changed("terminating")) && change.finished &&
      IntOf(now, "terminating") > 0) {
    out.Invalid(path.Child("terminating"), now.at("terminating"),
                "terminating>0 is invalid for finished job");
  }
  if ((change.Changed("ready") || change.Changed("active")) && IsSet(now, "ready") &&
      IntOf(now, "ready") > IntOf(now, "active")) {
    out.Invalid(path.Child("ready"), now.at("ready"), "cannot set more ready pods than active");
  }
  const FieldPath conditions = path.Child("conditions");
  if (change.success_met && change.failed) {
    out.InvalidWithoutValue(conditions,
                            "cannot set SuccessCriteriaMet=True and Failed=true conditions");
  }
  if (change.success_met && change.failure_target) {
    out.InvalidWithoutValue(conditions,
                            "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
  }
  if (IsSet(change.spec, "successPolicy") && !change.success_met && change.complete) {
    out.InvalidWithoutValue(
        conditions,
        "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
  }
}

void CheckAgainstOld(const StatusChange& change, const FieldPath& path, Violations& out) {
  const FieldPath conditions = path.Child("conditions");
  for (std::string_view type : {"Failed", "Complete", "FailureTarget"}) {
    if (HasCondition(change.was, type) && !HasCondition(change.now, type)) {
      out.InvalidWithoutValue(
          conditions, "cannot disable the terminal " + std::string(type) + "=True condition");
    }
  }
  if (IntOf(change.now, "failed") < IntOf(change.was, "failed")) {
    out.Invalid(path.Child("failed"), IntOf(change.now, "failed"),
                "cannot decrease the failed counter");
  }
  const bool elastic =
      TextOf(change.spec, "completionMode") == "Indexed" &&
      SemanticEqual(change.spec.if_contains("completions"), change.spec.if_contains("parallelism"));
  if (!elastic && IntOf(change.now, "succeeded") < IntOf(change.was, "succeeded")) {
    out.Invalid(path.Child("succeeded"), IntOf(change.now, "succeeded"),
                "cannot decrease the succeeded counter");
  }
  if (IsSet(change.now, "completionTime") && IsSet(change.was, "completionTime") &&
      change.Changed("completionTime")) {
    out.Invalid(path.Child("completionTime"), change.now.at("completionTime"), kFieldImmutable);
  }
  const bool resumes =
      HasCondition(change.was, "Suspended") && HasCondition(change.now, "Suspended", "False");
  if (change.Changed("startTime") && !resumes && IsSet(change.was, "startTime") &&
      !FlagOf(change.spec, "suspend")) {
    const Value* start = change.now.if_contains("startTime");
    out.Invalid(path.Child("startTime"), start == nullptr ? Value() : *start,
                "field is immutable for unsuspended job once set");
  }
  if (HasCondition(change.was, "SuccessCriteriaMet") && !change.success_met) {
    out.InvalidWithoutValue(conditions, "cannot disable the SuccessCriteriaMet=True condition");
  }
  if (HasCondition(change.was, "Complete") && !HasCondition(change.was, "SuccessCriteriaMet") &&
      change.success_met) {
    out.InvalidWithoutValue(
        conditions,
        "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
  }
}

}  // namespace

void CheckJobStatusUpdate(const Object& job, const Object& old, Violations& out) {
  const FieldPath path("status");
  const StatusChange change(job, old);
  CheckCounts(change.now, {"active", "succeeded", "failed", "ready", "terminating"}, out);
  CheckUncounted(change.now, path, out);
  CheckTerminalConditions(change, path, out);
  CheckFinished(change, path, out);
  CheckIndexTexts(change, path, out);
  CheckCountsAndCriteria(change, path, out);
  CheckAgainstOld(change, path, out);
}

}  // namespace apiserver
