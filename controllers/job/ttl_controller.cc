#include "controllers/job/ttl_controller.h"

#include "apiserver/api/time_format.h"
#include "controllers/job/job_view.h"

namespace controllers {
namespace {

// When the Job is to go; nullopt when it has no time to live or has not finished.
std::optional<sim::Time> Expiry(const Value& job) {
  const Value* ttl = apiserver::FindPath(job, {"spec", "ttlSecondsAfterFinished"});
  if (ttl == nullptr || !ttl->is_int64()) return {};
  const JobStatus status = ReadJobStatus(job);
  for (const std::string_view type : {"Complete", "Failed"}) {
    const Value* condition = FindTrueCondition(status.conditions, type);
    if (condition == nullptr) continue;
    const auto end = apiserver::TimeFromText(apiserver::TextAt(*condition, {"lastTransitionTime"}));
    if (end) return *end + std::chrono::seconds(ttl->get_int64());
  }
  return {};
}

}  // namespace

TtlAfterFinishedController::TtlAfterFinishedController(const ControllerContext& context)
    : Controller(context,
                 {"ttl-after-finished-controller", "ttl-after-finished-controller.sync", ""}),
      jobs_(informers().jobs()) {
  EnqueueChangesOf(jobs_);
}

sim::Task<Outcome> TtlAfterFinishedController::Reconcile(ObjectKey key) {
  const ObjectPtr job = client().Live(kJobs, key);
  if (!job || job->meta().is_deleting()) co_return Outcome::Done();
  const auto expiry = Expiry(*job->Peek());
  if (!expiry) co_return Outcome::Done();
  if (*expiry > now()) co_return Outcome::After(*expiry - now());
  apiserver::DeleteOptions options;
  options.propagation = apiserver::Propagation::kForeground;
  options.uid = job->meta().uid;
  const auto deleted = co_await client().Delete(kJobs, key, options);
  if (!deleted.ok() && deleted.error().code != 404) {
    co_return Outcome::Retry(deleted.error().message);
  }
  co_return Outcome::Done();
}

}  // namespace controllers
