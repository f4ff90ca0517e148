#include "controllers/framework/work_queue.h"

#include <algorithm>
#include <utility>

namespace controllers {

using apiserver::ObjectKey;

WorkQueue::WorkQueue(sim::Kernel& kernel, WorkQueueOptions options, Reconciler reconciler)
    : kernel_(kernel), options_(options), reconciler_(std::move(reconciler)) {}

WorkQueue::~WorkQueue() {
  tasks_.CancelAll();
  for (auto& [key, state] : states_) {
    kernel_.Cancel(state.run_event);
    kernel_.Cancel(state.timer_event);
  }
}

void WorkQueue::Start() {
  is_started_ = true;
  for (auto& [key, state] : states_) {
    if (state.is_waiting) ScheduleRun(key, state);
  }
}

void WorkQueue::Add(const ObjectKey& key) {
  ForgetIdle();
  State& state = states_[key];
  if (state.is_running) {
    state.is_dirty = true;
    return;
  }
  if (state.is_waiting) return;  // Many changes, one run.
  state.is_waiting = true;
  if (is_started_) ScheduleRun(key, state);
}

void WorkQueue::AddAfter(const ObjectKey& key, sim::Duration delay) {
  if (delay <= sim::Duration::zero()) return Add(key);
  State& state = states_[key];
  const bool has_timer = kernel_.IsPending(state.timer_event);
  if (!has_timer || state.timer_due > kernel_.now() + delay) SetTimer(key, state, delay);
}

void WorkQueue::ScheduleRun(const ObjectKey& key, State& state) {
  sim::Time due = kernel_.now();
  if (state.has_run) due = std::max(due, state.last_run + options_.spacing);
  state.run_event = kernel_.At(due, sim::Lane::kControl, options_.event_name, key.Text(),
                               [this, key] { Run(key); });
}

void WorkQueue::SetTimer(const ObjectKey& key, State& state, sim::Duration delay) {
  ClearTimer(state);
  state.timer_due = kernel_.now() + delay;
  state.timer_event = kernel_.At(state.timer_due, sim::Lane::kControl, "controllers.timer",
                                 key.Text(), [this, key] { Add(key); });
}

void WorkQueue::ClearTimer(State& state) {
  kernel_.Cancel(state.timer_event);
  state.timer_event = {};
}

void WorkQueue::Run(const ObjectKey& key) {
  State& state = states_[key];
  if (running_count_ >= options_.worker_count) {
    ready_.push_back(key);
    return;
  }
  state.is_waiting = false;
  state.is_running = true;
  state.is_dirty = false;
  state.has_run = true;
  state.last_run = kernel_.now();
  ++running_count_;
  sim::Task<Outcome> task = reconciler_(key);
  if (task.done()) {
    Finish(key, task.Take());
  } else {
    tasks_.Spawn(Await(this, key, std::move(task)));
  }
}

sim::Task<> WorkQueue::Await(WorkQueue* queue, ObjectKey key, sim::Task<Outcome> task) {
  Outcome outcome = co_await task;
  queue->Finish(key, std::move(outcome));
}

void WorkQueue::Finish(const ObjectKey& key, Outcome outcome) {
  --running_count_;
  State& state = states_[key];
  state.is_running = false;
  ClearTimer(state);
  if (outcome.kind == Outcome::Kind::kRetry) {
    last_error_ = key.Text() + ": " + outcome.error;
    sim::Duration delay = options_.backoff_min;
    for (int i = 0; i < state.failure_count && delay < options_.backoff_max; ++i) delay *= 2;
    ++state.failure_count;
    SetTimer(key, state, std::min(delay, options_.backoff_max));
  } else {
    state.failure_count = 0;
    if (outcome.kind == Outcome::Kind::kAfter) {
      SetTimer(key, state, std::max(outcome.after, options_.spacing));
    }
  }
  if (std::exchange(state.is_dirty, false)) {
    state.is_waiting = true;
    ScheduleRun(key, state);
  }
  cooling_.emplace_back(kernel_.now() + options_.spacing, key);
  if (!ready_.empty()) {
    const ObjectKey next = std::move(ready_.front());
    ready_.pop_front();
    ScheduleRun(next, states_[next]);
  }
}

void WorkQueue::ForgetIdle() {
  while (!cooling_.empty() && cooling_.front().first < kernel_.now()) {
    const auto found = states_.find(cooling_.front().second);
    cooling_.pop_front();
    if (found == states_.end()) continue;
    const State& state = found->second;
    const bool is_idle = !state.is_waiting && !state.is_running && state.failure_count == 0 &&
                         !kernel_.IsPending(state.timer_event);
    if (is_idle) states_.erase(found);
  }
}

}  // namespace controllers
