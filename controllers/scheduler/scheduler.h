// kube-scheduler inside the process: follows pods and nodes, decides one pod per kernel event,
// binds.
//
// Invariants:
// (1) It acts through the API only, as system:kube-scheduler; a pod counts as placed (assumed) as
// soon as its
//     binding was sent, and as free again when the binding was refused.
// (2) One event `scheduler.schedule` decides about one pod, in the order of SchedulingQueue.
// (3) The last decisions are kept whole: why each node was refused and how each scored.
// Threads: the kernel's only. Randomness: stream `scheduler`.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "apiserver/client/client.h"
#include "apiserver/watch/watch_hub.h"
#include "controllers/scheduler/algorithm.h"
#include "controllers/scheduler/queue.h"
#include "controllers/scheduler/scheduler_events.h"
#include "sim/kernel.h"
#include "sim/task_scope.h"

namespace controllers {

struct SchedulerOptions {
  std::string name = "default-scheduler";  // pods say it in spec.schedulerName
  AlgorithmOptions algorithm;
  std::size_t decisions_max = 64;  // how many LastDecision() remembers
};

class Scheduler {
 public:
  Scheduler(sim::Kernel& kernel, apiserver::RequestHandler& handler, const apiserver::Store& store,
            apiserver::WatchHub& hub, SchedulerOptions options);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The latest remembered decision about the pod, or nullptr.
  const SchedulingDecision* LastDecision(const apiserver::ObjectKey& pod) const;
  const SchedulingQueue& queue() const { return queue_; }

 private:
  void OnPod(const apiserver::ChangePtr& change);
  void OnNode(const apiserver::ChangePtr& change);
  void OnNamespace(const apiserver::ChangePtr& change);
  void OnBudget(const apiserver::ChangePtr& change);
  void OnService(const apiserver::ChangePtr& change);
  void OnOwner(const apiserver::ChangePtr& change);

  void PlacePod(const SchedulerPodPtr& old_pod, const SchedulerPodPtr& pod);
  void ForgetPod(const SchedulerPodPtr& pod);
  void QueuePod(const SchedulerPodPtr& old_pod, const SchedulerPodPtr& pod);
  // Tells the queue that `event` happened.
  void Notify(const ClusterEvent& event);

  void Wake();
  void ScheduleOne();
  sim::Task<> Bind(QueuedPod pod, std::string node_name);
  sim::Task<> ReportFailure(QueuedPod pod, SchedulingDecision decision);
  sim::Task<> Evict(SchedulerPodPtr preemptor, SchedulerPodPtr victim, std::string node_name);
  void Remember(const SchedulingDecision& decision);

  sim::Kernel& kernel_;
  SchedulerOptions options_;
  apiserver::Client client_;
  SchedulerEventRecorder events_;
  SchedulingAlgorithm algorithm_;
  SchedulerCache cache_;
  Nominations nominations_;
  DisruptionBudgets budgets_;
  SchedulingQueue queue_;
  std::map<apiserver::ObjectKey, SchedulerPodPtr> pods_;  // all that are not finished
  std::deque<SchedulingDecision> decisions_;
  sim::EventId next_cycle_;
  sim::EventId next_due_;
  sim::Time next_due_at_{};
  std::vector<apiserver::Subscription> subscriptions_;
  sim::TaskScope tasks_;
};

}  // namespace controllers
