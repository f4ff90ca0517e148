#include "sim/host/virtual_process/timer_table.h"

#include <algorithm>

namespace sim::virtual_process {

Expiry ExpiryAt(std::int64_t deadline, std::int64_t interval, std::int64_t now) {
  if (deadline > now) return {0, deadline};
  if (interval <= 0) return {1, kNever};
  const std::int64_t missed = (now - deadline) / interval;
  std::int64_t next = 0;
  const bool is_over = __builtin_add_overflow(deadline, (missed + 1) * interval, &next);
  return {missed + 1, is_over ? kNever : next};
}

TimerTable::Id TimerTable::Add(VirtualTimer timer) {
  timers_[++last_id_] = timer;
  return last_id_;
}

VirtualTimer* TimerTable::Find(VirtualTimer::Kind kind, int process, std::int64_t number, Id* id) {
  for (auto& [key, timer] : timers_) {
    if (timer.kind != kind || timer.process != process || timer.number != number) continue;
    if (id != nullptr) *id = key;
    return &timer;
  }
  return nullptr;
}

std::int64_t TimerTable::NextDeadline() const {
  std::int64_t next = kNever;
  for (const auto& [id, timer] : timers_) next = std::min(next, timer.deadline);
  return next;
}

std::vector<TimerTable::Fired> TimerTable::TakeDue(std::int64_t now) {
  std::vector<Fired> fired;
  for (auto& [id, timer] : timers_) {
    const Expiry expiry = ExpiryAt(timer.deadline, timer.interval, now);
    timer.deadline = expiry.next;
    if (expiry.count > 0) fired.push_back({id, expiry.count});
  }
  return fired;
}

}  // namespace sim::virtual_process
