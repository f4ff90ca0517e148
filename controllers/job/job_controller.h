// Runs a Job's pods to completion and counts each finished pod exactly once.
//
// A pod carries the finalizer batch.kubernetes.io/job-tracking until it is counted: its uid goes to
// status, then the finalizer goes, then the counter rises. So no crash in between counts a pod
// twice or never.
#pragma once

#include <map>
#include <set>

#include "controllers/framework/controller.h"
#include "controllers/framework/expectations.h"
#include "controllers/framework/ownership.h"
#include "controllers/job/job_plan.h"

namespace controllers {

class JobController final : public Controller {
 public:
  explicit JobController(const ControllerContext& context);
  void Start() override;

 private:
  struct Managed {
    int active = 0;
    int terminating = 0;
    std::optional<std::string> error;
    std::optional<sim::Duration> again;
  };
  struct Run;  // what one reconciliation works on

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<Managed> Manage(Run* run);
  sim::Task<Managed> EndActive(Run* run);
  sim::Task<> CreatePods(Run* run, JobStep step, Managed* managed);
  sim::Task<> DeletePod(Run* run, PodPtr pod, bool releases, Managed* managed);
  // Counts finished pods, frees them, and ends the Job. False: a write failed, run->error says why.
  sim::Task<bool> Track(Run* run);
  sim::Task<bool> Save(Run* run);
  sim::Task<bool> ReleasePod(PodPtr pod);
  void NoteSuspension(Run* run);
  bool EndJob(Run* run);
  Value MakePod(const Run& run, std::optional<int> index) const;
  static sim::Task<Outcome> ReleaseOrphan(JobController* self, ObjectKey key);

  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);
  Cached<SelectorSummary> JobOf(const ObjectMeta& pod) const;

  WorkloadInformer& jobs_;
  PodInformer& pods_;
  Expectations expectations_;
  std::map<ObjectKey, JobBackoff> backoffs_;
  std::set<std::string> released_uids_;  // pods whose finalizer is off, but not yet in the cache
  std::set<ObjectKey> may_adopt_;
  WorkQueue orphans_;  // pods that no Job counts any more
};

}  // namespace controllers
