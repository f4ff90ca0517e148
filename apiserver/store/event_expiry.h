// Events are kept for a while only: each goes when nothing was written to it for that long.
//
// Source: kube-apiserver's --event-ttl (a lease of etcd per write). Housekeeping: nobody waits for
// it. Threads: the kernel's only.
#pragma once

#include <deque>

#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

class EventExpiry {
 public:
  // Both outlive this.
  EventExpiry(sim::Kernel& kernel, Store& store, sim::Duration ttl);
  EventExpiry(const EventExpiry&) = delete;
  EventExpiry& operator=(const EventExpiry&) = delete;

  // Gives those that a data file held their time from now on.
  void AddStored();

 private:
  struct Entry {
    sim::Time due;
    ObjectKey key;
    Revision revision;
  };
  void Add(const ObjectPtr& event);
  void Arm();
  void Run();

  sim::Kernel& kernel_;
  Store& store_;
  const sim::Duration ttl_;
  std::deque<Entry> entries_;  // by due time
  bool is_armed_ = false;
};

}  // namespace apiserver
