#include <algorithm>

#include "apiserver/api/time_format.h"
#include "apiserver/client/resources.h"
#include "nodes/pod_run.h"
#include "nodes/pod_status.h"
#include "nodes/pod_worker.h"
#include "sim/task_scope.h"

namespace nodes {
namespace {

using apiserver::kPods;
using apiserver::Value;

// A write that is refused for another reason than a conflict is tried again this often.
constexpr int kRetriesMax = 5;
constexpr sim::Duration kRetryPause = std::chrono::seconds(10);

// Keeps a PodRun and the pod's object in step.
class ModelledPodWorker final : public PodWorker {
 public:
  ModelledPodWorker(PodHost& host, apiserver::ObjectKey key, std::string uid)
      : host_(host), key_(std::move(key)), uid_(std::move(uid)) {}
  ~ModelledPodWorker() override {
    host_.kernel().Cancel(sync_);
    host_.kernel().Cancel(timer_);
  }

  void OnChange() override { SyncAfter({}); }
  void PowerLoss() override {
    has_power_ = false;
    was_without_power_ = true;
    host_.kernel().Cancel(sync_);
    host_.kernel().Cancel(timer_);
    tasks_.CancelAll();
    is_writing_ = false;
  }
  void PowerReturn() override {
    has_power_ = true;
    OnChange();
  }
  const ContainerRun* FindContainer(std::string_view name) const override {
    return run_ ? run_->Find(name) : nullptr;
  }

 private:
  void SyncAfter(sim::Duration pause) {
    if (!has_power_ || host_.kernel().IsPending(sync_)) return;
    sync_ =
        host_.kernel().After(pause, sim::Lane::kNode, "node.pod", key_.Text(), [this] { Sync(); });
  }

  void Sync() {
    if (is_writing_) return;  // It looks again when the answer is there.
    const apiserver::ObjectPtr pod = host_.client().Live(kPods, key_);
    if (!pod || pod->meta().uid != uid_) return;  // Gone: the watch will tell.
    const auto value = pod->Peek();
    const sim::Time now = host_.kernel().now();
    if (!run_) Begin(*pod, *value, now);
    run_->SetGeneration(pod->meta().generation);
    SetDeadline(*value);
    if (std::exchange(was_without_power_, false)) run_->Reboot(now);
    if (pod->meta().is_deleting()) run_->Stop(now, GraceLeft(*pod, now));
    run_->Advance(now);
    if (run_->is_over()) host_.ReleaseResources(key_);
    const EventTarget target{"Pod", key_.namespace_, key_.name, uid_, pod->meta().revision};
    for (const PodNote& note : run_->TakeNotes()) host_.events().Record(target, note);
    ArmTimer();
    is_writing_ = true;
    tasks_.Spawn(Write(this, pod));
  }

  void Begin(const apiserver::StoredObject& pod, const Value& value, sim::Time now) {
    run_ = std::make_unique<PodRun>(ReadPodSpec(value, pod.meta(), host_.node_name()),
                                    host_.rules(), host_.images());
    const std::string_view phase = apiserver::TextAt(value, {"status", "phase"});
    const bool is_over = phase == "Succeeded" || phase == "Failed";
    const Value* status = apiserver::Find(value, "status");
    // A kubelet that starts anew counts what runs already without asking.
    auto refusal = is_over ? std::nullopt : host_.Admit(key_, value);
    if (status != nullptr && apiserver::Find(*status, "containerStatuses") != nullptr) {
      run_->Resume(*status, now);
    } else if (is_over) {
      run_->Refuse(now, "", "");
      run_->TakeNotes();
      is_foreign_ = true;  // Somebody else said that it is over.
    } else if (refusal) {
      run_->Refuse(now, std::move(refusal->reason), std::move(refusal->message));
    } else {
      run_->Admit(now);
    }
  }

  void SetDeadline(const Value& pod) {
    const Value* seconds = apiserver::FindPath(pod, {"spec", "activeDeadlineSeconds"});
    if (seconds == nullptr || !seconds->is_number()) return run_->SetDeadline(std::nullopt);
    run_->SetDeadline(
        std::chrono::seconds(apiserver::IntAt(pod, {"spec", "activeDeadlineSeconds"})));
  }

  // deletionTimestamp is when the grace period ends.
  static sim::Duration GraceLeft(const apiserver::StoredObject& pod, sim::Time now) {
    const auto until = apiserver::TimeFromText(*pod.meta().deletion_timestamp);
    if (pod.meta().deletion_grace_period_seconds == 0 || !until) return {};
    return std::max(*until - now, sim::Duration{});
  }

  void ArmTimer() {
    host_.kernel().Cancel(timer_);
    const auto due = run_->NextDue();
    if (!due || !has_power_) return;
    timer_ = host_.kernel().At(
        std::max(*due, host_.kernel().now()), sim::Lane::kNode, "node.container", key_.Text(),
        [this] { Sync(); }, sim::Work::kWork);
  }

  static sim::Task<> Write(ModelledPodWorker* worker, apiserver::ObjectPtr pod) {
    const auto value = pod->Peek();
    const PodRun& run = *worker->run_;
    if (!worker->is_foreign_) {
      const Value* old_status = apiserver::Find(*value, "status");
      PodAddresses addresses{worker->host_.host_ip(), {}};
      if (run.has_sandbox()) {
        addresses.pod_ip = worker->host_.PodAddress(worker->key_, run.spec().is_host_network);
      }
      Value status = MakePodStatus(run, old_status != nullptr ? *old_status : Value(), addresses,
                                   worker->host_.kernel().now());
      const bool is_new =
          (old_status == nullptr || status != *old_status) && status != worker->last_written_;
      if (is_new) {
        Value object = pod->Parse();
        object.as_object()["status"] = status;
        auto update = worker->host_.client().Update(kPods, std::move(object), "status");
        const auto updated = co_await update;
        if (!updated.ok()) {
          worker->is_writing_ = false;
          worker->OnRefusal(updated.error());
          co_return;
        }
        worker->last_written_ = std::move(status);
      }
    }
    worker->retries_count_ = 0;
    if (pod->meta().is_deleting() && run.is_over() && !worker->IsLeftToOthers(*pod)) {
      apiserver::DeleteOptions options;
      options.grace_period_seconds = 0;
      options.uid = worker->uid_;
      auto deletion = worker->host_.client().Delete(kPods, worker->key_, std::move(options));
      const auto deleted = co_await deletion;
      worker->is_writing_ = false;
      if (!deleted.ok()) worker->OnRefusal(deleted.error());
      co_return;
    }
    worker->is_writing_ = false;
    // What became due, or changed, while an answer was waited for.
    const auto due = run.NextDue();
    if (due && *due <= worker->host_.kernel().now()) worker->SyncAfter({});
  }

  // Deleted as far as this node is concerned: finalizers hold it.
  bool IsLeftToOthers(const apiserver::StoredObject& pod) const {
    return pod.meta().deletion_grace_period_seconds == 0 && !pod.meta().finalizers.empty();
  }

  void OnRefusal(const apiserver::ApiError& error) {
    if (error.code == 404 || retries_count_ >= kRetriesMax) return;
    ++retries_count_;
    SyncAfter(error.code == 409 ? sim::Duration{} : kRetryPause);
  }

  PodHost& host_;
  const apiserver::ObjectKey key_;
  const std::string uid_;
  std::unique_ptr<PodRun> run_;
  bool has_power_ = true;
  bool was_without_power_ = false;
  bool is_foreign_ = false;
  bool is_writing_ = false;
  int retries_count_ = 0;
  Value last_written_;
  sim::EventId sync_;
  sim::EventId timer_;
  sim::TaskScope tasks_;
};

}  // namespace

std::unique_ptr<PodWorker> MakeModelledPodWorker(PodHost& host, apiserver::ObjectKey key,
                                                 std::string uid) {
  return std::make_unique<ModelledPodWorker>(host, std::move(key), std::move(uid));
}

}  // namespace nodes
