#include "sim/task_scope.h"

#include <tuple>
#include <utility>

namespace sim {

TaskScope::Entry::Entry(TaskScope& scope, Id id, Task<> owned)
    : scope_(scope), id_(id), task_(std::move(owned)) {
  WaitFor(task_.frame_.handle().promise());
}

void TaskScope::Entry::Go() { scope_.entries_.erase(id_); }

TaskScope::Id TaskScope::Spawn(Task<> task) {
  if (task.done()) return 0;
  const Id id = ++last_id_;
  entries_.try_emplace(id, *this, id, std::move(task));
  return id;
}

bool TaskScope::Cancel(Id id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  const auto frame = found->second.task_.frame_.Release();
  found->second.Forget();
  entries_.erase(found);
  Trampoline::OfThread().Bury(frame);
  return true;
}

void TaskScope::CancelAll() {
  const Trampoline::Scope scope;
  while (!entries_.empty()) Cancel(entries_.begin()->first);
}

}  // namespace sim
