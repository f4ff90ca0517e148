#include "controllers/job/job_plan.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "controllers/replicaset/replica_plan.h"

namespace controllers {
namespace {

using apiserver::TextAt;

constexpr sim::Duration kBackoffMin = std::chrono::seconds(10);
constexpr sim::Duration kBackoffMax = std::chrono::minutes(10);
constexpr int kUncountedMax = 500;
constexpr int kBurstMax = 500;

bool Contains(const std::vector<std::string>& uids, const std::string& uid) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

bool IsSucceeded(const JobPod& pod) { return pod.entry->summary.phase == PodPhase::kSucceeded; }

// How long to wait after `count` failures, the last of which was at `last`.
sim::Duration BackoffRest(int count, sim::Time last, sim::Time now) {
  if (count == 0) return {};
  sim::Duration delay = kBackoffMin;
  for (int i = 1; i < count && delay < kBackoffMax; ++i) delay *= 2;
  delay = std::min(delay, kBackoffMax);
  return std::max(sim::Duration::zero(), last + delay - now);
}

bool IsIndexValid(const JobView& job, const JobPod& pod) {
  return pod.index && *pod.index < job.completions.value_or(0);
}

void CountNewlyFinished(const JobInput& input, JobAssessment& result) {
  result.succeeded =
      input.status.succeeded + static_cast<int>(input.status.uncounted_succeeded.size());
  result.failed = input.status.failed + static_cast<int>(input.status.uncounted_failed.size());
  sim::Time last_success{};
  for (const JobPod& pod : result.pods) {
    if (!pod.has_finalizer || input.released_uids.contains(pod.uid())) continue;
    if (IsSucceeded(pod) && !Contains(input.status.uncounted_succeeded, pod.uid())) {
      ++result.succeeded;
      last_success = std::max(last_success, pod.finished_at);
      result.backoff = {};
    }
  }
  for (const JobPod& pod : result.pods) {
    if (!pod.has_finalizer || input.released_uids.contains(pod.uid())) continue;
    const bool is_new = pod.is_failed && !Contains(input.status.uncounted_failed, pod.uid());
    if (!is_new || pod.match.action == FailureAction::kIgnore) continue;
    ++result.failed;
    if (pod.finished_at <= last_success) continue;
    ++result.backoff.failure_count;
    result.backoff.last_failure = std::max(result.backoff.last_failure, pod.finished_at);
  }
}

// The completion indexes: done, failed for good, and for the others the failed pod that carries
// their count.
void AssessIndexes(const JobInput& input, JobAssessment& result) {
  const int completions = input.job.completions.value_or(0);
  result.succeeded_before = IndexSet::Parse(input.status.completed_indexes, completions);
  result.succeeded_indexes = result.succeeded_before;
  for (const JobPod& pod : result.pods) {
    if (IsSucceeded(pod) && pod.has_finalizer && IsIndexValid(input.job, pod)) {
      result.succeeded_indexes.Add(*pod.index);
    }
  }
  result.succeeded = result.succeeded_indexes.count();
  if (!input.job.backoff_limit_per_index) return;
  result.failed_indexes = IndexSet::Parse(input.status.failed_indexes.value_or(""), completions);
  for (std::size_t i = 0; i < result.pods.size(); ++i) {
    const JobPod& pod = result.pods[i];
    if (!pod.is_failed || !pod.has_finalizer || !IsIndexValid(input.job, pod)) continue;
    if (result.succeeded_indexes.Contains(*pod.index)) continue;
    const bool is_last = pod.match.action == FailureAction::kFailIndex ||
                         (pod.match.action != FailureAction::kIgnore &&
                          pod.index_failure_count >= *input.job.backoff_limit_per_index);
    if (is_last) result.failed_indexes->Add(*pod.index);
  }
  for (std::size_t i = 0; i < result.pods.size(); ++i) {
    const JobPod& pod = result.pods[i];
    if (!pod.is_failed || !pod.has_finalizer || !IsIndexValid(input.job, pod)) continue;
    if (input.released_uids.contains(pod.uid()) || result.failed_indexes->Contains(*pod.index) ||
        result.succeeded_indexes.Contains(*pod.index)) {
      continue;
    }
    const auto [found, is_new] = result.last_failed.emplace(*pod.index, i);
    if (is_new) continue;
    const JobPod& other = result.pods[found->second];
    const int count = pod.index_failure_count + pod.index_ignored_count;
    if (count > other.index_failure_count + other.index_ignored_count) found->second = i;
  }
}

std::optional<Condition> SuccessPolicyMet(const JobView& job, const IndexSet& succeeded) {
  const Value* rules =
      job.success_policy == nullptr ? nullptr : apiserver::Find(*job.success_policy, "rules");
  if (rules == nullptr || !rules->is_array() || succeeded.empty()) return {};
  int index = -1;
  for (const Value& rule : rules->get_array()) {
    ++index;
    const int completions = job.completions.value_or(0);
    const std::string_view wanted = TextAt(rule, {"succeededIndexes"});
    int want_count = 0, got_count = 0;
    if (wanted.empty()) {
      got_count = succeeded.count();
    } else {
      const IndexSet indexes = IndexSet::Parse(wanted, completions);
      want_count = indexes.count();
      for (int i = 0; i < completions; ++i) {
        if (indexes.Contains(i) && succeeded.Contains(i)) ++got_count;
      }
    }
    want_count = static_cast<int>(apiserver::IntAt(rule, {"succeededCount"}, want_count));
    if (want_count > 0 && got_count >= want_count) {
      return Condition{"SuccessCriteriaMet", "True", "SuccessPolicy",
                       "Matched rules at index " + std::to_string(index)};
    }
  }
  return {};
}

bool IsPastRestartLimit(const JobInput& input, const JobAssessment& result) {
  if (!input.job.restarts_on_failure) return false;
  int restarts = 0;
  for (const PodPtr& pod : result.active) restarts += pod->summary.restart_count_max;
  return input.job.backoff_limit == 0 ? restarts > 0 : restarts >= input.job.backoff_limit;
}

Condition FailureTarget(std::string reason, std::string message) {
  return {"FailureTarget", "True", std::move(reason), std::move(message)};
}

std::optional<Condition> FindFinished(const JobInput& input, const JobAssessment& result) {
  const auto take_over = [](const Value& present) {
    return Condition{std::string(TextAt(present, {"type"})), "True",
                     std::string(TextAt(present, {"reason"})),
                     std::string(TextAt(present, {"message"}))};
  };
  const Array& conditions = input.status.conditions;
  if (const Value* met = FindTrueCondition(conditions, "SuccessCriteriaMet"))
    return take_over(*met);
  if (const Value* failing = FindTrueCondition(conditions, "FailureTarget")) {
    return take_over(*failing);
  }
  for (const JobPod& pod : result.pods) {
    if (pod.is_failed && pod.has_finalizer && pod.match.action == FailureAction::kFailJob) {
      return FailureTarget("PodFailurePolicy", pod.match.message);
    }
  }
  if (result.failed > input.job.backoff_limit || IsPastRestartLimit(input, result)) {
    return FailureTarget("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const auto start = apiserver::TimeFromText(input.status.start_time);
  if (input.job.active_deadline_seconds && start && !input.job.is_suspended &&
      input.now - *start >= std::chrono::seconds(*input.job.active_deadline_seconds)) {
    return FailureTarget("DeadlineExceeded", "Job was active longer than specified deadline");
  }
  if (result.failed_indexes) {
    const int failed = result.failed_indexes->count();
    if (input.job.max_failed_indexes && failed > *input.job.max_failed_indexes) {
      return FailureTarget("MaxFailedIndexesExceeded",
                           "Job has exceeded the specified maximal number of failed indexes");
    }
    const int done = failed + result.succeeded_indexes.count();
    if (failed > 0 && done >= input.job.completions.value_or(0)) {
      return FailureTarget("FailedIndexes", "Job has failed indexes");
    }
  }
  if (input.job.is_indexed) return SuccessPolicyMet(input.job, result.succeeded_indexes);
  return {};
}

// Pods of indexes that don't exist or that another pod has go before all others.
std::vector<PodPtr> DuplicatedIndexes(const JobView& job, std::vector<PodPtr> active) {
  std::vector<PodPtr> extra;
  std::sort(active.begin(), active.end(), [](const PodPtr& a, const PodPtr& b) {
    return std::tie(a->summary.created, a->meta().name) <
           std::tie(b->summary.created, b->meta().name);
  });
  std::set<int> seen;
  for (PodPtr& pod : active) {
    const auto index = pod->summary.completion_index;
    const bool is_valid = index && *index < job.completions.value_or(0);
    if (!is_valid || !seen.insert(*index).second) extra.push_back(std::move(pod));
  }
  return extra;
}

std::vector<PodPtr> PickForRemoval(const JobView& job, const std::vector<PodPtr>& active, int count,
                                   sim::Time now) {
  std::vector<PodPtr> picked;
  std::vector<PodPtr> rest = active;
  if (job.is_indexed) {
    picked = DuplicatedIndexes(job, active);
    std::erase_if(rest, [&](const PodPtr& pod) {
      return std::find(picked.begin(), picked.end(), pod) != picked.end();
    });
  }
  const int more = std::min(count - static_cast<int>(picked.size()), static_cast<int>(rest.size()));
  if (more > 0) {
    const ReplicaPlan plan =
        PlanReplicas(static_cast<int>(rest.size()) - more, rest, PodsPerNode(), now);
    picked.insert(picked.end(), plan.deletions.begin(), plan.deletions.end());
  }
  return picked;
}

// The lowest free indexes; with a back-off per index only those whose time has come.
void PickIndexes(const JobView& job, const JobAssessment& assessment, int count, sim::Time now,
                 JobStep& step) {
  std::set<int> taken;
  for (const PodPtr& pod : assessment.active) {
    if (pod->summary.completion_index) taken.insert(*pod->summary.completion_index);
  }
  std::optional<sim::Duration> wait;
  for (const JobPod& pod : assessment.pods) {
    if (job.replaces_only_failed && pod.index && IsPodTerminating(*pod.entry)) {
      taken.insert(*pod.index);
    }
  }
  for (int i = 0; i < job.completions.value_or(0) && step.create_count < count; ++i) {
    if (taken.contains(i) || assessment.succeeded_indexes.Contains(i)) continue;
    if (assessment.failed_indexes && assessment.failed_indexes->Contains(i)) continue;
    if (const auto failed = assessment.last_failed.find(i);
        failed != assessment.last_failed.end()) {
      const JobPod& pod = assessment.pods[failed->second];
      const sim::Duration rest =
          BackoffRest(pod.index_failure_count + pod.index_ignored_count + 1, pod.finished_at, now);
      if (rest > sim::Duration::zero()) {
        if (!wait || rest < *wait) wait = rest;
        continue;
      }
    }
    step.create_indexes.push_back(i);
    ++step.create_count;
  }
  if (step.create_count == 0) step.create_after = wait;
}

}  // namespace

JobAssessment AssessJob(JobInput input) {
  JobAssessment result;
  result.pods = std::move(input.pods);
  result.backoff = input.backoff;
  for (const JobPod& pod : result.pods) {
    if (IsPodActive(*pod.entry)) {
      result.active.push_back(pod.entry);
      if (pod.entry->summary.is_ready) ++result.ready;
    }
    if (IsPodTerminating(*pod.entry)) ++result.terminating;
  }
  CountNewlyFinished(input, result);
  if (input.job.is_indexed) AssessIndexes(input, result);
  result.finished = FindFinished(input, result);
  return result;
}

JobStep PlanJob(const JobView& job, const JobAssessment& assessment, sim::Time now) {
  JobStep step;
  const int active = static_cast<int>(assessment.active.size());
  if (job.is_suspended) {
    step.deletions = assessment.active;
    if (step.deletions.size() > kBurstMax) step.deletions.resize(kBurstMax);
    return step;
  }
  int want = 0;
  if (!job.completions) {
    want = assessment.succeeded > 0 ? active : job.parallelism;
  } else {
    want = std::clamp(*job.completions - assessment.succeeded, 0, job.parallelism);
  }
  step.deletions = PickForRemoval(job, assessment.active, std::max(0, active - want), now);
  if (!step.deletions.empty()) {
    if (step.deletions.size() > kBurstMax) step.deletions.resize(kBurstMax);
    return step;
  }
  const int terminating = job.replaces_only_failed ? assessment.terminating : 0;
  const int missing = std::min(want - terminating - active, kBurstMax);
  if (missing <= 0) return step;
  if (!job.backoff_limit_per_index) {
    const sim::Duration rest =
        BackoffRest(assessment.backoff.failure_count, assessment.backoff.last_failure, now);
    if (rest > sim::Duration::zero()) {
      step.create_after = rest;
      return step;
    }
  }
  if (job.is_indexed) {
    PickIndexes(job, assessment, missing, now, step);
  } else {
    step.create_count = missing;
  }
  return step;
}

JobTracking TrackJobPods(const JobView& job, const JobStatus& status,
                         const JobAssessment& assessment,
                         const std::set<std::string>& released_uids) {
  JobTracking tracking;
  tracking.succeeded_indexes = assessment.succeeded_before;
  const bool is_ending = assessment.finished.has_value();
  const bool is_failing = is_ending && assessment.finished->type == "FailureTarget";
  for (std::size_t i = 0; i < assessment.pods.size(); ++i) {
    const JobPod& pod = assessment.pods[i];
    if (!pod.has_finalizer || released_uids.contains(pod.uid())) continue;
    if (!job.is_deleting && !is_ending && !IsSucceeded(pod)) {
      if (!pod.is_failed) continue;
      // The failed pod that carries the count of its index stays until it is replaced.
      const auto kept =
          pod.index ? assessment.last_failed.find(*pod.index) : assessment.last_failed.end();
      if (kept != assessment.last_failed.end() && kept->second == i) continue;
    }
    tracking.releases.push_back(pod.entry);
    if (IsSucceeded(pod) && !Contains(status.uncounted_failed, pod.uid())) {
      if (job.is_indexed) {
        if (IsIndexValid(job, pod)) tracking.succeeded_indexes.Add(*pod.index);
      } else if (!Contains(status.uncounted_succeeded, pod.uid())) {
        tracking.succeeded_uids.push_back(pod.uid());
      }
    } else if (pod.is_failed || is_failing) {
      const bool counts = pod.match.action != FailureAction::kIgnore &&
                          (!job.is_indexed || IsIndexValid(job, pod)) &&
                          !Contains(status.uncounted_failed, pod.uid());
      if (counts) tracking.failed_uids.push_back(pod.uid());
    }
    if (tracking.releases.size() >= kUncountedMax) {
      tracking.is_full = true;
      break;
    }
  }
  return tracking;
}

}  // namespace controllers
