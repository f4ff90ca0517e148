// How many pods of one namespace match one selector, per node: kept up to date as pods come and go.
//
// It makes topology spreading and pod affinity cost the same whatever the number of pods in the
// cluster. Invariant: count(slot) is the number of pods on that node that are in the namespace and
// match, those being deleted only with Deleting::kCounted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controllers/scheduler/pod_info.h"

namespace controllers {

class PodCounter {
 public:
  enum class Deleting : std::uint8_t { kLeftOut, kCounted };

  PodCounter(std::string namespace_, apiserver::LabelSelector selector, Deleting deleting)
      : namespace_name_(std::move(namespace_)),
        selector_(std::move(selector)),
        deleting_(deleting) {}

  bool Counts(const SchedulerPod& pod) const {
    return (deleting_ == Deleting::kCounted || !pod.is_deleting) &&
           pod.key.namespace_ == namespace_name_ && selector_.Matches(pod.labels);
  }
  void Add(const SchedulerPod& pod, std::size_t slot) { Change(pod, slot, 1); }
  void Remove(const SchedulerPod& pod, std::size_t slot) { Change(pod, slot, -1); }
  std::int32_t count(std::size_t slot) const { return slot < counts_.size() ? counts_[slot] : 0; }

 private:
  void Change(const SchedulerPod& pod, std::size_t slot, std::int32_t by) {
    if (!Counts(pod)) return;
    if (slot >= counts_.size()) counts_.resize(slot + 1);
    counts_[slot] += by;
  }

  std::string namespace_name_;
  apiserver::LabelSelector selector_;
  Deleting deleting_;
  std::vector<std::int32_t> counts_;
};

}  // namespace controllers
