#include "controllers/job/job_controller.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "controllers/framework/pod_template.h"
#include "controllers/replicaset/replica_plan.h"

namespace controllers {
namespace {

const GroupVersionKind kJobKind{"batch", "v1", "Job"};

bool HasFinalizer(const ObjectMeta& meta) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), kJobTracking) !=
         meta.finalizers.end();
}

bool IsManagedElsewhere(const Value& job) {
  const std::string_view manager = apiserver::TextAt(job, {"spec", "managedBy"});
  return !manager.empty() && manager != "kubernetes.io/job-controller";
}

}  // namespace

struct JobController::Run {
  ObjectPtr object;
  std::shared_ptr<const Value> value;
  JobView view;
  JobStatus status;
  JobAssessment assessment;
  bool is_settled = false;
  std::string error;
};

JobController::JobController(const ControllerContext& context)
    : Controller(context, {"job-controller", "job-controller.sync", ""}),
      jobs_(informers().jobs()),
      pods_(informers().pods()),
      orphans_(kernel(), WorkQueueOptions{.event_name = "job-controller.orphan_pod"},
               [this](ObjectKey key) { return ReleaseOrphan(this, std::move(key)); }) {
  jobs_.AddHandler([this](const auto& old_job, const auto& new_job) {
    const ObjectMeta& meta = (new_job ? new_job : old_job)->meta();
    if (new_job && !old_job) may_adopt_.insert(meta.key());
    Enqueue(meta.key());
    if (new_job && !old_job) return;
    // Pods that are left with a finalizer of a Job that is gone are freed.
    if (new_job && new_job->meta().uid == old_job->meta().uid) return;
    for (const PodPtr& pod : pods_.ByIndex("owner", old_job->meta().uid)) {
      if (HasFinalizer(pod->meta())) orphans_.Add(pod->meta().key());
    }
  });
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
}

void JobController::Start() {
  Controller::Start();
  orphans_.Start();
}

Cached<SelectorSummary> JobController::JobOf(const ObjectMeta& pod) const {
  const apiserver::OwnerReference* owner = pod.Controller();
  if (owner == nullptr || owner->kind != kJobKind.kind) return nullptr;
  auto job = jobs_.Find({pod.namespace_, owner->name});
  return job && job->meta().uid == owner->uid ? job : nullptr;
}

void JobController::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  const ObjectMeta& meta = (new_pod ? new_pod : old_pod)->meta();
  if (!new_pod || !HasFinalizer(meta)) released_uids_.erase(meta.uid);
  if (old_pod && new_pod && old_pod->meta().Controller() != nullptr) {
    const auto before = JobOf(old_pod->meta());
    const bool has_moved =
        before && (meta.Controller() == nullptr || meta.Controller()->uid != before->meta().uid);
    if (has_moved) Enqueue(before->meta().key());
  }
  const auto job = JobOf(meta);
  if (!job) {
    if (new_pod && HasFinalizer(meta)) orphans_.Add(meta.key());
    if (!new_pod || meta.Controller() != nullptr || meta.is_deleting()) return;
    for (const auto& candidate : jobs_.ByIndex("namespace", meta.namespace_)) {
      if (!candidate->summary.selector.Matches(meta.labels)) continue;
      may_adopt_.insert(candidate->meta().key());
      Enqueue(candidate->meta().key());
    }
    return;
  }
  const ObjectKey key = job->meta().key();
  if (!new_pod || meta.is_deleting()) expectations_.DeletionObserved(key, meta.uid);
  if (!old_pod && !meta.is_deleting()) expectations_.CreationObserved(key);
  Enqueue(key);
}

// A pod whose Job is gone, or never was, must not wait for being counted.
sim::Task<Outcome> JobController::ReleaseOrphan(JobController* self, ObjectKey key) {
  const PodPtr pod = self->pods_.Find(key);
  if (!pod || !HasFinalizer(pod->meta()) || self->JobOf(pod->meta())) co_return Outcome::Done();
  const bool released = co_await self->ReleasePod(pod);
  if (!released) co_return Outcome::Retry("the finalizer stayed");
  co_return Outcome::Done();
}

sim::Task<bool> JobController::ReleasePod(PodPtr pod) {
  const ObjectPtr live = client().Live(kPods, pod->meta().key());
  if (!live || live->meta().uid != pod->meta().uid || !HasFinalizer(live->meta())) co_return true;
  Array kept;
  for (const std::string& finalizer : live->meta().finalizers) {
    if (finalizer != kJobTracking) kept.emplace_back(finalizer);
  }
  Object metadata;
  metadata["resourceVersion"] = std::to_string(live->meta().revision);
  metadata["finalizers"] = std::move(kept);
  Value patch = Object{{"metadata", std::move(metadata)}};
  const auto patched =
      co_await client().Patch(kPods, live->key(), apiserver::PatchType::kMerge, std::move(patch));
  if (!patched.ok() && patched.error().code != 404) co_return false;
  released_uids_.insert(pod->meta().uid);
  co_return true;
}

sim::Task<Outcome> JobController::Reconcile(ObjectKey key) {
  const auto job = jobs_.Find(key);
  if (!job) {
    expectations_.Forget(key);
    backoffs_.erase(key);
    may_adopt_.erase(key);
    co_return Outcome::Done();
  }
  Run run;
  run.object = job->object;
  run.value = job->object->Peek();
  if (IsManagedElsewhere(*run.value)) co_return Outcome::Done();
  run.view = ReadJob(*run.value, job->meta());
  run.status = ReadJobStatus(*run.value);
  if (IsJobFinished(run.status.conditions)) {
    backoffs_.erase(key);
    co_return Outcome::Done();
  }
  run.is_settled = expectations_.AreMet(key, now());
  std::vector<PodPtr> orphans;
  if (may_adopt_.contains(key)) orphans = pods_.ByIndex("orphan", key.namespace_);
  auto claimed = co_await ClaimObjects<PodPtr>(
      &client(), kPods, kJobs, kJobKind, run.object,
      PlanClaims<PodPtr>(job->meta(), job->summary.selector,
                         pods_.ByIndex("owner", job->meta().uid), orphans));
  if (!claimed.ok()) co_return Outcome::Retry(claimed.error().message);
  may_adopt_.erase(key);

  if (run.status.start_time.empty() && !run.view.is_suspended) {
    run.status.start_time = apiserver::FormatTime(now());
  }
  JobInput input{run.view, run.status, {}, released_uids_, backoffs_[key], now()};
  for (const PodPtr& pod : *claimed) input.pods.push_back(ReadJobPod(run.view, pod));
  run.assessment = AssessJob(std::move(input));

  Managed managed;
  if (run.assessment.finished) {
    managed = co_await EndActive(&run);
  } else {
    managed = co_await Manage(&run);
  }
  run.status.active = managed.active;
  run.status.terminating = managed.terminating;
  const bool tracked = co_await Track(&run);
  if (!tracked) co_return Outcome::Retry(run.error);
  backoffs_[key] = run.assessment.backoff;
  if (managed.error) co_return Outcome::Retry(*managed.error);

  std::optional<sim::Duration> next = managed.again;
  const auto start = apiserver::TimeFromText(run.status.start_time);
  if (run.view.active_deadline_seconds && start && !run.view.is_suspended &&
      !IsJobFinished(run.status.conditions)) {
    const sim::Duration rest =
        *start + std::chrono::seconds(*run.view.active_deadline_seconds) - now();
    if (rest > sim::Duration::zero() && (!next || rest < *next)) next = rest;
  }
  if (next) co_return Outcome::After(*next);
  co_return Outcome::Done();
}

// The outcome of the Job is known: what still runs is deleted.
sim::Task<JobController::Managed> JobController::EndActive(Run* run) {
  Managed managed;
  managed.active = static_cast<int>(run->assessment.active.size());
  managed.terminating = run->assessment.terminating;
  run->status.ready = run->assessment.ready;
  const std::vector<PodPtr> active = run->assessment.active;
  for (const PodPtr& pod : active) {
    co_await DeletePod(run, pod, false, &managed);
    if (pod->summary.is_ready) --run->status.ready;
  }
  // Pods that the cache does not know yet may still come.
  if (managed.active > 0 || !run->is_settled) run->assessment.finished.reset();
  co_return managed;
}

sim::Task<JobController::Managed> JobController::Manage(Run* run) {
  Managed managed;
  managed.active = static_cast<int>(run->assessment.active.size());
  managed.terminating = run->assessment.terminating;
  run->status.ready = run->assessment.ready;
  const bool is_managing = run->is_settled && !run->view.is_deleting;
  if (is_managing) {
    const JobStep step = PlanJob(run->view, run->assessment, now());
    for (const PodPtr& pod : step.deletions) {
      expectations_.ExpectDeletion(run->object->key(), pod->meta().uid, now());
      if (pod->summary.is_ready) --run->status.ready;
    }
    for (const PodPtr& pod : step.deletions) co_await DeletePod(run, pod, true, &managed);
    if (step.create_count > 0) co_await CreatePods(run, step, &managed);
    managed.again = step.create_after;
  }
  const int succeeded = run->assessment.succeeded;
  const bool is_complete =
      managed.active == 0 &&
      (run->view.completions ? succeeded >= *run->view.completions : succeeded > 0);
  if (is_complete) {
    run->assessment.finished = Condition{"SuccessCriteriaMet", "True", "CompletionsReached",
                                         "Reached expected number of succeeded pods"};
  } else if (is_managing) {
    NoteSuspension(run);
  }
  co_return managed;
}

void JobController::NoteSuspension(Run* run) {
  const InvolvedObject object = Involve(kJobKind, run->object->meta());
  if (run->view.is_suspended) {
    if (!EnsureJobCondition(run->status.conditions,
                            {"Suspended", "True", "JobSuspended", "Job suspended"}, now())) {
      return;
    }
    run->status.start_time.clear();
    events().Normal(object, "Suspended", "Job suspended");
  } else if (EnsureJobCondition(run->status.conditions,
                                {"Suspended", "False", "JobResumed", "Job resumed"}, now())) {
    run->status.start_time = apiserver::FormatTime(now());  // The deadline counts anew.
    events().Normal(object, "Resumed", "Job resumed");
  }
}

// `releases`: the pod is not to be counted as failed.
sim::Task<> JobController::DeletePod(Run* run, PodPtr pod, bool releases, Managed* managed) {
  if (releases) {
    const bool released = co_await ReleasePod(pod);
    if (!released) {
      expectations_.DeletionObserved(run->object->key(), pod->meta().uid);
      managed->error = "a pod's finalizer could not be removed";
      co_return;
    }
  }
  const auto deleted = co_await client().Delete(kPods, pod->meta().key());
  if (deleted.ok()) {
    --managed->active;
    ++managed->terminating;
    events().Normal(Involve(kJobKind, run->object->meta()), "SuccessfulDelete",
                    "Deleted pod: " + pod->meta().name);
    co_return;
  }
  expectations_.DeletionObserved(run->object->key(), pod->meta().uid);
  if (deleted.error().code == 404) {
    --managed->active;
    co_return;
  }
  events().Warning(Involve(kJobKind, run->object->meta()), "FailedDelete",
                   "Error deleting: " + deleted.error().message);
  managed->error = deleted.error().message;
}

Value JobController::MakePod(const Run& run, std::optional<int> index) const {
  const ObjectMeta& meta = run.object->meta();
  Value pod = PodFromTemplate(PodTemplateOf(*run.value), meta, ControllerReference(kJobKind, meta));
  Object& metadata = pod.get_object()["metadata"].get_object();
  Array finalizers;
  if (const Value* present = metadata.if_contains("finalizers")) finalizers = present->get_array();
  finalizers.emplace_back(kJobTracking);
  metadata["finalizers"] = std::move(finalizers);
  if (!index) return pod;
  const std::string number = std::to_string(*index);
  metadata["generateName"] = meta.name + "-" + number + "-";
  apiserver::EnsureObject(metadata, "labels")[kCompletionIndex] = number;
  Object& annotations = apiserver::EnsureObject(metadata, "annotations");
  annotations[kCompletionIndex] = number;
  if (run.view.backoff_limit_per_index) {
    int failures = 0, ignored = 0;
    const auto last = run.assessment.last_failed.find(*index);
    if (last != run.assessment.last_failed.end()) {
      const JobPod& failed = run.assessment.pods[last->second];
      failures = failed.index_failure_count;
      ignored = failed.index_ignored_count;
      ++(failed.match.action == FailureAction::kIgnore ? ignored : failures);
    }
    annotations[kIndexFailureCount] = std::to_string(failures);
    if (ignored > 0) annotations[kIndexIgnoredFailureCount] = std::to_string(ignored);
  }
  Object& spec = apiserver::EnsureObject(pod, "spec");
  if (!spec.contains("hostname")) spec["hostname"] = meta.name + "-" + number;
  const Value variable = boost::json::parse(
      R"({"name":"JOB_COMPLETION_INDEX","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['batch.kubernetes.io/job-completion-index']"}}})");
  for (const std::string_view list : {"initContainers", "containers"}) {
    Value* containers = spec.if_contains(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (Value& container : containers->get_array()) {
      Value& env = container.get_object()["env"];
      if (!env.is_array()) env = Array();
      const bool is_set =
          std::any_of(env.get_array().begin(), env.get_array().end(), [](const Value& entry) {
            return apiserver::TextAt(entry, {"name"}) == "JOB_COMPLETION_INDEX";
          });
      if (!is_set) env.get_array().push_back(variable);
    }
  }
  return pod;
}

sim::Task<> JobController::CreatePods(Run* run, JobStep step, Managed* managed) {
  const ObjectKey key = run->object->key();
  expectations_.ExpectCreations(key, step.create_count, now());
  int done = 0;
  bool is_stopped = false;
  for (int batch = 1; done < step.create_count && !is_stopped;
       batch = std::min(2 * batch, step.create_count - done)) {
    for (int i = 0; i < batch; ++i, ++done) {
      std::optional<int> index;
      if (run->view.is_indexed) index = step.create_indexes[static_cast<std::size_t>(done)];
      Value pod = MakePod(*run, index);
      const auto created = co_await client().Create(kPods, key.namespace_, std::move(pod));
      if (created.ok()) {
        ++managed->active;
        events().Normal(Involve(kJobKind, run->object->meta()), "SuccessfulCreate",
                        "Created pod: " + (*created)->meta().name);
        continue;
      }
      expectations_.CreationObserved(key);
      is_stopped = true;
      if (IsNamespaceTerminating(created.error())) continue;
      events().Warning(Involve(kJobKind, run->object->meta()), "FailedCreate",
                       "Error creating: " + created.error().message);
      managed->error = created.error().message;
    }
  }
  for (; done < step.create_count; ++done) expectations_.CreationObserved(key);
}

sim::Task<bool> JobController::Save(Run* run) {
  const auto written = co_await WriteStatus(&client(), kJobs, run->object, ToValue(run->status));
  if (!written.ok()) {
    run->error = written.error().message;
    co_return false;
  }
  run->object = *written;
  co_return true;
}

sim::Task<bool> JobController::Track(Run* run) {
  JobStatus& status = run->status;
  const JobTracking tracking = TrackJobPods(run->view, status, run->assessment, released_uids_);
  for (const std::string& uid : tracking.succeeded_uids) status.uncounted_succeeded.push_back(uid);
  for (const std::string& uid : tracking.failed_uids) status.uncounted_failed.push_back(uid);
  if (run->view.is_indexed) {
    status.completed_indexes = tracking.succeeded_indexes.Text();
    status.succeeded = tracking.succeeded_indexes.count();
    if (run->assessment.failed_indexes) {
      status.failed_indexes = run->assessment.failed_indexes->Text();
    }
  }
  if (run->assessment.finished) {
    EnsureJobCondition(status.conditions, *run->assessment.finished, now());
  }
  const bool saved = co_await Save(run);
  if (!saved) co_return false;
  for (const PodPtr& pod : tracking.releases) {
    const bool released = co_await ReleasePod(pod);
    if (!released) {
      run->error = "a pod's finalizer could not be removed";
      co_return false;
    }
  }
  // All uncounted pods have lost their finalizer: they can be counted.
  if (!run->view.is_indexed)
    status.succeeded += static_cast<int>(status.uncounted_succeeded.size());
  status.failed += static_cast<int>(status.uncounted_failed.size());
  status.uncounted_succeeded.clear();
  status.uncounted_failed.clear();
  const bool has_ended = !tracking.is_full && EndJob(run);
  const bool saved_again = co_await Save(run);
  if (!saved_again) co_return false;
  if (!has_ended) co_return true;
  const InvolvedObject object = Involve(kJobKind, run->object->meta());
  const Condition& finished = *run->assessment.finished;
  if (finished.type == "FailureTarget") {
    events().Warning(object, finished.reason, finished.message);
  } else {
    events().Normal(object, "Completed", "Job completed");
  }
  co_return true;
}

// The final condition follows once no pod terminates any more.
bool JobController::EndJob(Run* run) {
  if (!run->assessment.finished || run->status.terminating > 0) return false;
  Condition final_condition = *run->assessment.finished;
  const bool has_failed = final_condition.type == "FailureTarget";
  final_condition.type = has_failed ? "Failed" : "Complete";
  EnsureJobCondition(run->status.conditions, final_condition, now());
  if (!has_failed) run->status.completion_time = apiserver::FormatTime(now());
  return true;
}

}  // namespace controllers
