#include "apiserver/client/resources.h"
#include "nodes/instant_pod.h"
#include "nodes/pod_worker.h"
#include "sim/task_scope.h"

namespace nodes {
namespace {

using apiserver::kPods;
using apiserver::Value;

// A write that is refused for another reason than a conflict is tried again this often.
constexpr int kRetriesMax = 5;
constexpr sim::Duration kRetryPause = std::chrono::seconds(10);

class InstantPodWorker final : public PodWorker {
 public:
  InstantPodWorker(PodHost& host, apiserver::ObjectKey key, std::string uid)
      : host_(host), key_(std::move(key)), uid_(std::move(uid)) {}
  ~InstantPodWorker() override { host_.kernel().Cancel(next_step_); }

  void OnChange() override {
    if (!has_power_ || host_.kernel().IsPending(next_step_)) return;
    next_step_ = host_.kernel().Post(sim::Lane::kNode, "node.pod", key_.Text(), [this] { Step(); });
  }
  void PowerLoss() override {
    has_power_ = false;
    host_.kernel().Cancel(next_step_);
    tasks_.CancelAll();
  }
  void PowerReturn() override {
    has_power_ = true;
    OnChange();
  }

 private:
  void Step() {
    const apiserver::ObjectPtr pod = host_.client().Live(kPods, key_);
    if (!pod || pod->meta().uid != uid_) return;  // Gone: the watch will tell.
    tasks_.Spawn(Act(this, pod));
  }

  static sim::Task<> Act(InstantPodWorker* worker, apiserver::ObjectPtr pod) {
    const auto seen = pod->Peek();
    const InstantStep step = NextInstantStep(*seen, pod->meta());
    if (step == InstantStep::kNothing) co_return;
    if (step == InstantStep::kDelete) {
      apiserver::DeleteOptions options;
      options.grace_period_seconds = 0;
      options.uid = worker->uid_;
      auto deletion = worker->host_.client().Delete(kPods, worker->key_, std::move(options));
      const auto deleted = co_await deletion;
      if (!deleted.ok()) worker->OnRefusal(deleted.error());
      co_return;
    }
    Value object = pod->Parse();
    object.as_object()["status"] = worker->StatusFor(step, *seen);
    auto update = worker->host_.client().Update(kPods, std::move(object), "status");
    const auto updated = co_await update;
    if (!updated.ok()) worker->OnRefusal(updated.error());
  }

  apiserver::Object StatusFor(InstantStep step, const Value& pod) {
    const sim::Time now = host_.kernel().now();
    if (step == InstantStep::kSucceed) return InstantSucceededStatus(pod, now);
    const bool is_host_network = apiserver::BoolAt(pod, {"spec", "hostNetwork"});
    return InstantRunningStatus(pod, host_.host_ip(), host_.PodAddress(key_, is_host_network), now);
  }

  void OnRefusal(const apiserver::ApiError& error) {
    if (error.code == 404 || retries_count_ >= kRetriesMax) return;
    ++retries_count_;
    const sim::Duration pause = error.code == 409 ? sim::Duration{} : kRetryPause;
    next_step_ =
        host_.kernel().After(pause, sim::Lane::kNode, "node.pod", key_.Text(), [this] { Step(); });
  }

  PodHost& host_;
  const apiserver::ObjectKey key_;
  const std::string uid_;
  bool has_power_ = true;
  int retries_count_ = 0;
  sim::EventId next_step_;
  sim::TaskScope tasks_;
};

}  // namespace

std::unique_ptr<PodWorker> MakeInstantPodWorker(PodHost& host, apiserver::ObjectKey key,
                                                std::string uid) {
  return std::make_unique<InstantPodWorker>(host, std::move(key), std::move(uid));
}

}  // namespace nodes
