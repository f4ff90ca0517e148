// What has become of a Job and what to do next: a pure function of its spec, status and pods.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/job (job_controller.go,
// indexed_job_utils.go, backoff_utils.go, success_policy.go).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "controllers/job/job_view.h"

namespace controllers {

// Failures since the last success, for the back-off of new pods.
struct JobBackoff {
  int failure_count = 0;
  sim::Time last_failure{};
};

struct JobAssessment {
  std::vector<JobPod> pods;
  std::vector<PodPtr> active;
  int ready = 0;
  int terminating = 0;
  int succeeded = 0;  // with those not written yet
  int failed = 0;
  IndexSet succeeded_before;  // as in status
  IndexSet succeeded_indexes;
  std::optional<IndexSet> failed_indexes;  // with backoffLimitPerIndex
  std::map<int, std::size_t> last_failed;  // index -> place in pods of the failed pod that is kept
  JobBackoff backoff;
  std::optional<Condition> finished;  // FailureTarget or SuccessCriteriaMet
};

struct JobInput {
  const JobView& job;
  const JobStatus& status;
  std::vector<JobPod> pods;
  const std::set<std::string>& released_uids;  // finalizer taken off, not seen yet
  JobBackoff backoff;                          // as of the last run
  sim::Time now{};
};

JobAssessment AssessJob(JobInput input);

struct JobStep {
  std::vector<PodPtr> deletions;
  int create_count = 0;
  std::vector<int> create_indexes;            // of an Indexed Job, as many as create_count
  std::optional<sim::Duration> create_after;  // back-off: later
};
// Which active pods to delete or how many to create. Requires: the Job has not finished.
JobStep PlanJob(const JobView& job, const JobAssessment& assessment, sim::Time now);

// Finished pods whose counts move to status, and the pods that lose their finalizer.
struct JobTracking {
  std::vector<std::string> succeeded_uids;
  std::vector<std::string> failed_uids;
  IndexSet succeeded_indexes;
  std::vector<PodPtr> releases;
  bool is_full = false;  // more are left for the next run
};
JobTracking TrackJobPods(const JobView& job, const JobStatus& status,
                         const JobAssessment& assessment,
                         const std::set<std::string>& released_uids);

}  // namespace controllers
