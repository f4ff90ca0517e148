// Owns tasks that nobody awaits, by id, until they are done or cancelled.
//
// Cancelling may happen from within the task itself: its frame then goes as soon as it suspends,
// before anything else goes on. The scope itself is not destroyed from within one of its tasks.
#pragma once

#include <cstdint>
#include <map>

#include "sim/task.h"

namespace sim {

class TaskScope {
 public:
  using Id = std::uint64_t;  // 0 names no task.

  TaskScope() = default;
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // 0 if the task was done already.
  Id Spawn(Task<> task);

  // False if the task is done, was cancelled or never was.
  bool Cancel(Id id);
  void CancelAll();

  std::size_t size() const { return entries_.size(); }
  bool Holds(Id id) const { return entries_.contains(id); }

 private:
  class Entry : public task_internal::Waiter {
   public:
    Entry(TaskScope& scope, Id id, Task<> owned);
    // The task is done: leaves the scope, and so destroys itself.
    void Go() override;

   private:
    friend class TaskScope;
    TaskScope& scope_;
    Id id_;
    Task<> task_;
  };

  std::map<Id, Entry> entries_;
  Id last_id_ = 0;
};

}  // namespace sim
