// The pods that wait for the scheduler: to be tried now, after a pause, or when something changes.
//
// Invariants:
// (1) A pod (by uid) is in one of the three parts, or in none.
// (2) Active pods come out by priority, then by the time they joined, then by their number: a total
// order. (3) Pods with scheduling gates wait until the last gate is removed, whatever happens. (4)
// After each failure a pod pauses 1 s, 2 s, 4 s ... at most 10 s; it may go sooner when nothing
// else waits. Source: pkg/scheduler/backend/queue.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "controllers/scheduler/pod_info.h"
#include "sim/time.h"

namespace controllers {

struct QueuedPod {
  SchedulerPodPtr pod;
  sim::Time joined{};            // first put into the queue
  sim::Time tried{};             // last attempt's end
  int attempts = 0;              // failures so far
  bool failed_by_error = false;  // the pause is then kept to the end
  std::set<std::string> refusing_plugins;
  std::uint64_t number = 0;
};

class SchedulingQueue {
 public:
  static constexpr sim::Duration kPauseMin = std::chrono::seconds(1);
  static constexpr sim::Duration kPauseMax = std::chrono::seconds(10);
  // What no event moved is tried again after so long.
  static constexpr sim::Duration kUnschedulableMax = std::chrono::minutes(5);

  // A new pod, or the new state of one that waits. `is_retry_worthy`: the change may make it fit.
  void Set(SchedulerPodPtr pod, sim::Time now, bool is_retry_worthy);
  void Remove(const std::string& uid);
  bool Contains(const std::string& uid) const { return places_.contains(uid); }

  // The next pod to try, or nullopt.
  std::optional<QueuedPod> Pop(sim::Time now);
  bool HasActive(sim::Time now) const;
  // Puts back a pod that did not fit; it waits for an event.
  void PutBackUnschedulable(QueuedPod pod, sim::Time now);
  // Puts back a pod after an error; it waits out its pause.
  void PutBackError(QueuedPod pod, sim::Time now);

  // Moves the pods out of the unschedulable part for which `may_help` says so.
  void Move(const std::function<bool(const QueuedPod&)>& may_help, sim::Time now);
  // Moves what has waited for kUnschedulableMax.
  void Flush(sim::Time now);
  // When something that waits becomes due by time alone.
  std::optional<sim::Time> NextDue() const;

  std::size_t active_count() const { return active_.size(); }
  std::size_t backoff_count() const { return backoff_.size(); }
  std::size_t unschedulable_count() const { return unschedulable_.size(); }

 private:
  enum class Part : std::uint8_t { kActive, kBackoff, kUnschedulable };
  struct ActiveOrder {
    bool operator()(const QueuedPod& a, const QueuedPod& b) const;
  };
  using ActiveSet = std::set<QueuedPod, ActiveOrder>;
  struct Place {
    Part part = Part::kActive;
    ActiveSet::iterator active;                   // of kActive
    std::pair<sim::Time, std::uint64_t> backoff;  // key of kBackoff
  };

  static sim::Time PauseEnd(const QueuedPod& pod);
  void Activate(QueuedPod pod);
  void Shelve(QueuedPod pod);
  void Pause(QueuedPod pod);
  void MoveOne(QueuedPod pod, sim::Time now);
  // Takes the pod out of its part.
  QueuedPod Take(const std::string& uid);

  ActiveSet active_;
  std::map<std::pair<sim::Time, std::uint64_t>, QueuedPod> backoff_;  // by end of the pause, number
  std::map<std::string, QueuedPod> unschedulable_;                    // by uid
  std::set<std::pair<sim::Time, std::string>>
      unschedulable_by_time_;            // last attempt, uid; without gated pods
  std::map<std::string, Place> places_;  // by uid
  std::uint64_t last_number_ = 0;
};

}  // namespace controllers
