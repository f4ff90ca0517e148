// One watcher of the hub: changes go in at commits, and come out together in one later kernel
// event.
//
// Invariants:
// (1) At most one event `watch.deliver` of a watcher waits; it delivers everything that was queued
// until it runs. (2) The first turn comes at once, so that caches are full before anybody works
// from them; later turns come after
//     a delay of 0 to latency_max, drawn from the stream `latency.<name>` (no stream when
//     latency_max is 0).
// (3) After End nothing is delivered, not even the rest of the running turn.
// (4) The event is housekeeping only while all that it delivers is.
// Threads: the kernel's only.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

struct WatcherIdentity {
  std::string name;          // of the client or the loop; several watchers may share it
  std::uint64_t number = 0;  // of this watcher within the hub
};

class Watcher : public std::enable_shared_from_this<Watcher> {
 public:
  Watcher(sim::Kernel& kernel, WatcherIdentity identity, sim::Duration latency_max);
  virtual ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Queues the first turn. Called once, when the watcher is owned by a shared_ptr.
  void Start();
  // Called for each commit that may concern the watcher, before Start's turn too. What it does not
  // want costs no event.
  void Push(const ChangePtr& change);
  void End();

  bool is_ended() const { return is_ended_; }
  // "kube-scheduler#3": what its events are about.
  const std::string& label() const { return label_; }

 protected:
  // The first turn. What was pushed before it is not delivered: it is in the store and its history.
  virtual void Begin() = 0;
  virtual void Deliver(const ChangePtr& change) = 0;
  virtual bool Wants(const Change&) const { return true; }

  sim::Kernel& kernel() { return kernel_; }
  // The revision up to which everything was delivered, when the store is at `newest`.
  Revision DeliveredRevision(Revision newest) const {
    return queue_.empty() ? newest : queue_.front()->revision - 1;
  }

 private:
  void Arm(sim::Time due);
  void Turn();

  sim::Kernel& kernel_;
  const std::string label_;
  sim::Random* latency_ = nullptr;  // null: no delay
  const sim::Duration latency_max_;
  std::deque<ChangePtr> queue_;
  sim::EventId event_;
  sim::Time due_;
  sim::Work event_work_ = sim::Work::kWork;
  bool has_begun_ = false;
  bool is_ended_ = false;
};

}  // namespace apiserver
