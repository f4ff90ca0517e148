#include "controllers/scheduler/queue.h"

#include "sim/check.h"

namespace controllers {

bool SchedulingQueue::ActiveOrder::operator()(const QueuedPod& a, const QueuedPod& b) const {
  if (a.pod->priority != b.pod->priority) return a.pod->priority > b.pod->priority;
  if (a.joined != b.joined) return a.joined < b.joined;
  return a.number < b.number;
}

sim::Time SchedulingQueue::PauseEnd(const QueuedPod& pod) {
  if (pod.attempts == 0) return pod.tried;
  sim::Duration pause = kPauseMin;
  for (int attempt = 1; attempt < pod.attempts && pause < kPauseMax; ++attempt) pause *= 2;
  return pod.tried + std::min(pause, kPauseMax);
}

void SchedulingQueue::Activate(QueuedPod pod) {
  const std::string uid = pod.pod->uid;
  const auto [at, is_new] = active_.insert(std::move(pod));
  SIM_CHECK(is_new);
  places_[uid] = {Part::kActive, at, {}};
}

void SchedulingQueue::Shelve(QueuedPod pod) {
  const std::string uid = pod.pod->uid;
  places_[uid] = {Part::kUnschedulable, {}, {}};
  if (pod.pod->scheduling_gates.empty()) unschedulable_by_time_.emplace(pod.tried, uid);
  unschedulable_.emplace(uid, std::move(pod));
}

void SchedulingQueue::Pause(QueuedPod pod) {
  const std::pair<sim::Time, std::uint64_t> key{PauseEnd(pod), pod.number};
  places_[pod.pod->uid] = {Part::kBackoff, {}, key};
  backoff_.emplace(key, std::move(pod));
}

QueuedPod SchedulingQueue::Take(const std::string& uid) {
  const auto place = places_.find(uid);
  SIM_CHECK(place != places_.end());
  QueuedPod pod;
  switch (place->second.part) {
    case Part::kActive:
      pod = *place->second.active;
      active_.erase(place->second.active);
      break;
    case Part::kBackoff:
      pod = std::move(backoff_.at(place->second.backoff));
      backoff_.erase(place->second.backoff);
      break;
    case Part::kUnschedulable:
      pod = std::move(unschedulable_.at(uid));
      unschedulable_.erase(uid);
      unschedulable_by_time_.erase({pod.tried, uid});
      break;
  }
  places_.erase(place);
  return pod;
}

void SchedulingQueue::Set(SchedulerPodPtr pod, sim::Time now, bool is_retry_worthy) {
  const std::string uid = pod->uid;
  const auto place = places_.find(uid);
  if (place == places_.end()) {
    QueuedPod queued;
    queued.pod = std::move(pod);
    queued.joined = now;
    queued.tried = now;
    queued.number = ++last_number_;
    if (queued.pod->scheduling_gates.empty()) {
      Activate(std::move(queued));
    } else {
      Shelve(std::move(queued));
    }
    return;
  }
  const Part part = place->second.part;
  QueuedPod queued = Take(uid);
  const bool was_gated = !queued.pod->scheduling_gates.empty();
  queued.pod = std::move(pod);
  if (was_gated) is_retry_worthy = true;
  if (part == Part::kActive) {
    Activate(std::move(queued));
  } else if (part == Part::kBackoff) {
    Pause(std::move(queued));
  } else if (is_retry_worthy && queued.pod->scheduling_gates.empty()) {
    MoveOne(std::move(queued), now);
  } else {
    Shelve(std::move(queued));
  }
}

void SchedulingQueue::Remove(const std::string& uid) {
  if (places_.contains(uid)) Take(uid);
}

std::optional<QueuedPod> SchedulingQueue::Pop(sim::Time now) {
  while (!backoff_.empty() && backoff_.begin()->first.first <= now) {
    Activate(Take(backoff_.begin()->second.pod->uid));
  }
  if (!active_.empty()) return Take(active_.begin()->pod->uid);
  for (const auto& [key, pod] : backoff_) {
    if (!pod.failed_by_error) return Take(pod.pod->uid);
  }
  return std::nullopt;
}

bool SchedulingQueue::HasActive(sim::Time now) const {
  if (!active_.empty()) return true;
  for (const auto& [key, pod] : backoff_) {
    if (key.first <= now || !pod.failed_by_error) return true;
  }
  return false;
}

void SchedulingQueue::PutBackUnschedulable(QueuedPod pod, sim::Time now) {
  pod.tried = now;
  pod.failed_by_error = false;
  ++pod.attempts;
  Shelve(std::move(pod));
}

void SchedulingQueue::PutBackError(QueuedPod pod, sim::Time now) {
  pod.tried = now;
  pod.failed_by_error = true;
  ++pod.attempts;
  Pause(std::move(pod));
}

void SchedulingQueue::MoveOne(QueuedPod pod, sim::Time now) {
  if (PauseEnd(pod) > now) {
    Pause(std::move(pod));
  } else {
    Activate(std::move(pod));
  }
}

void SchedulingQueue::Move(const std::function<bool(const QueuedPod&)>& may_help, sim::Time now) {
  std::vector<std::string> moved;
  for (const auto& [uid, pod] : unschedulable_) {
    if (pod.pod->scheduling_gates.empty() && may_help(pod)) moved.push_back(uid);
  }
  for (const std::string& uid : moved) MoveOne(Take(uid), now);
}

void SchedulingQueue::Flush(sim::Time now) {
  while (!unschedulable_by_time_.empty() &&
         now - unschedulable_by_time_.begin()->first >= kUnschedulableMax) {
    MoveOne(Take(unschedulable_by_time_.begin()->second), now);
  }
}

std::optional<sim::Time> SchedulingQueue::NextDue() const {
  std::optional<sim::Time> due;
  if (!backoff_.empty()) due = backoff_.begin()->first.first;
  if (!unschedulable_by_time_.empty()) {
    const sim::Time flush = unschedulable_by_time_.begin()->first + kUnschedulableMax;
    if (!due || flush < *due) due = flush;
  }
  return due;
}

}  // namespace controllers
