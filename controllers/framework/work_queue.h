// Keys that wait to be reconciled: each at most once, with back-off, in virtual time.
//
// Invariants:
// (1) A key is never reconciled twice at a time; what arrives meanwhile runs it once more
// afterwards. (2) Two runs of a key are at least `spacing` apart: a thousand pods that change at
// one instant are one run, and
//     the kernel's guard against endless instants is never met by honest work.
// (3) A key has at most one timer, and each run decides it anew: After sets it, Done and Retry
// clear it. So no
//     timer outlives its reason. Reconcilers therefore recompute what they wait for.
// (4) Every operation costs O(log n).
// Source of the back-off: client-go, DefaultTypedControllerRateLimiter (5 ms doubling to 1000 s).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "apiserver/api/resource.h"
#include "sim/kernel.h"
#include "sim/task.h"
#include "sim/task_scope.h"

namespace controllers {

// How a reconciliation ended.
struct Outcome {
  enum class Kind : std::uint8_t { kDone, kAfter, kRetry };
  Kind kind = Kind::kDone;
  sim::Duration after{};
  std::string error;

  static Outcome Done() { return {}; }
  static Outcome After(sim::Duration delay) { return {Kind::kAfter, delay, {}}; }
  static Outcome Retry(std::string error) { return {Kind::kRetry, {}, std::move(error)}; }
};

struct WorkQueueOptions {
  std::string_view event_name;  // a static literal, "deployment-controller.sync"
  int worker_count = 5;
  sim::Duration spacing = std::chrono::milliseconds(1);
  sim::Duration backoff_min = std::chrono::milliseconds(5);
  sim::Duration backoff_max = std::chrono::seconds(1000);
};

class WorkQueue {
 public:
  using Reconciler = std::function<sim::Task<Outcome>(apiserver::ObjectKey)>;

  WorkQueue(sim::Kernel& kernel, WorkQueueOptions options, Reconciler reconciler);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void Add(const apiserver::ObjectKey& key);
  // Unless it runs earlier anyway.
  void AddAfter(const apiserver::ObjectKey& key, sim::Duration delay);

  // Nothing runs before Start: caches are being filled.
  void Start();

  // The error of the last Retry, for reports.
  const std::string& last_error() const { return last_error_; }

 private:
  struct State {
    sim::EventId run_event;    // the next run
    sim::EventId timer_event;  // After, back-off
    sim::Time timer_due{};
    sim::Time last_run{};
    bool has_run = false;
    bool is_waiting = false;  // run_event is pending, or the key waits for a worker or for Start
    bool is_running = false;
    bool is_dirty = false;  // added while it ran
    int failure_count = 0;
  };

  void ScheduleRun(const apiserver::ObjectKey& key, State& state);
  void SetTimer(const apiserver::ObjectKey& key, State& state, sim::Duration delay);
  void ClearTimer(State& state);
  void Run(const apiserver::ObjectKey& key);
  void Finish(const apiserver::ObjectKey& key, Outcome outcome);
  static sim::Task<> Await(WorkQueue* queue, apiserver::ObjectKey key, sim::Task<Outcome> task);
  void ForgetIdle();

  sim::Kernel& kernel_;
  WorkQueueOptions options_;
  Reconciler reconciler_;
  bool is_started_ = false;
  int running_count_ = 0;
  std::map<apiserver::ObjectKey, State> states_;
  std::deque<apiserver::ObjectKey> ready_;  // wait for a worker
  std::deque<std::pair<sim::Time, apiserver::ObjectKey>> cooling_;
  std::string last_error_;
  sim::TaskScope tasks_;
};

}  // namespace controllers
