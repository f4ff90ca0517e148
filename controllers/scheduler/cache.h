// The scheduler's picture of the cluster, kept incrementally: nodes with their pods, namespaces,
// selectors.
//
// Invariants:
// (1) Work per change does not depend on the size of the cluster.
// (2) nodes() holds the nodes that exist, zone by zone in turn (so that sampling visits all zones
// alike), the
//     zones and the nodes of a zone by name.
// (3) A pod is counted on at most one node, from the moment it is assumed there.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "controllers/scheduler/node_info.h"
#include "controllers/scheduler/pod_counter.h"
#include "controllers/scheduler/workload_selectors.h"

namespace controllers {

class SchedulerCache {
 public:
  // Counters are a cache of sums; beyond this many the one unused for longest goes.
  static constexpr std::size_t kCountersMax = 512;

  SchedulerCache() = default;
  SchedulerCache(const SchedulerCache&) = delete;
  SchedulerCache& operator=(const SchedulerCache&) = delete;

  void SetNode(SchedulerNodeFacts facts);
  void RemoveNode(const std::string& name);
  // The node when its object exists, or nullptr.
  const SchedulerNode* FindNode(std::string_view name) const;
  const std::vector<const SchedulerNode*>& nodes() const;
  // Slots are smaller than this.
  std::size_t slots_count() const { return slots_count_; }

  // Puts `pod` on `node_name`, which need not exist; a pod of the same uid is replaced.
  void SetPod(const SchedulerPodPtr& pod, const std::string& node_name);
  void RemovePod(const std::string& uid);
  // The node name that the pod is counted on, or nullptr.
  const std::string* NodeOfPod(const std::string& uid) const;
  // The nodes that exist and have pods with (anti-)affinity, by name.
  std::vector<const SchedulerNode*> NodesWithAffinity() const;
  std::vector<const SchedulerNode*> NodesWithRequiredAntiAffinity() const;

  void SetNamespace(const std::string& name, apiserver::SortedLabels labels);
  void RemoveNamespace(const std::string& name);
  // Whether `term` speaks of pods in `namespace_`.
  bool TermCovers(const PodAffinityTerm& term, const std::string& namespace_) const;
  // The namespaces that `term` speaks of, sorted.
  std::vector<std::string> NamespacesOf(const PodAffinityTerm& term) const;

  // The counts of pods in `namespace_` that match `selector`.
  std::shared_ptr<const PodCounter> CounterFor(const std::string& namespace_,
                                               const apiserver::LabelSelector& selector,
                                               PodCounter::Deleting deleting) const;
  // On how many nodes image `name` is.
  std::size_t NodesWithImage(const std::string& name) const;

  WorkloadSelectors& workloads() { return workloads_; }
  const WorkloadSelectors& workloads() const { return workloads_; }

 private:
  using CounterKey =
      std::tuple<std::string, std::string, PodCounter::Deleting>;  // namespace, selector text
  struct CounterEntry {
    std::shared_ptr<PodCounter> counter;
    std::list<CounterKey>::iterator used_at;
  };

  SchedulerNode& NodeFor(const std::string& name);
  void Detach(const std::string& uid, const std::string& node_name);
  void DropIfUnknown(const std::string& name);
  void NoteAffinity(const SchedulerNode& node);
  void RebuildOrder() const;

  std::map<std::string, std::unique_ptr<SchedulerNode>, std::less<>> nodes_;
  std::size_t slots_count_ = 0;
  std::vector<std::size_t> free_slots_;
  std::unordered_map<std::string, std::string> node_of_pod_;  // by uid; never iterated
  std::map<std::string, const SchedulerNode*> nodes_with_affinity_;
  std::map<std::string, const SchedulerNode*> nodes_with_required_anti_affinity_;
  std::map<std::string, apiserver::SortedLabels> namespaces_;
  std::map<std::string, std::size_t> image_nodes_count_;
  WorkloadSelectors workloads_;

  // Made on demand.
  mutable std::vector<const SchedulerNode*> order_;
  mutable bool order_is_current_ = true;
  mutable std::map<CounterKey, CounterEntry> counters_;
  mutable std::list<CounterKey> counters_by_use_;  // latest first
};

}  // namespace controllers
