#include "controllers/scheduler/cache.h"

#include <algorithm>

#include "sim/check.h"

namespace controllers {
namespace {

constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";
constexpr std::string_view kRegionLabel = "topology.kubernetes.io/region";

std::pair<std::string, std::string> ZoneOf(const SchedulerNode& node) {
  const std::string* region = node.Label(kRegionLabel);
  const std::string* zone = node.Label(kZoneLabel);
  return {region != nullptr ? *region : "", zone != nullptr ? *zone : ""};
}

}  // namespace

SchedulerNode& SchedulerCache::NodeFor(const std::string& name) {
  std::unique_ptr<SchedulerNode>& node = nodes_[name];
  if (!node) {
    node = std::make_unique<SchedulerNode>();
    node->facts.name = name;
    if (free_slots_.empty()) {
      node->slot = slots_count_++;
    } else {
      node->slot = free_slots_.back();
      free_slots_.pop_back();
    }
  }
  return *node;
}

void SchedulerCache::SetNode(SchedulerNodeFacts facts) {
  SchedulerNode& node = NodeFor(facts.name);
  const auto old_zone = ZoneOf(node);
  for (const auto& [image, size] : node.facts.image_sizes_bytes) {
    if (--image_nodes_count_[image] == 0) image_nodes_count_.erase(image);
  }
  node.facts = std::move(facts);
  for (const auto& [image, size] : node.facts.image_sizes_bytes) ++image_nodes_count_[image];
  if (!node.exists || old_zone != ZoneOf(node)) order_is_current_ = false;
  node.exists = true;
  NoteAffinity(node);
}

void SchedulerCache::RemoveNode(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end() || !found->second->exists) return;
  SchedulerNode& node = *found->second;
  SchedulerNodeFacts nothing;
  nothing.name = name;
  SetNode(std::move(nothing));
  node.exists = false;
  order_is_current_ = false;
  NoteAffinity(node);
  DropIfUnknown(name);
}

void SchedulerCache::DropIfUnknown(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end() || found->second->exists || !found->second->pods.empty()) return;
  free_slots_.push_back(found->second->slot);
  nodes_.erase(found);
}

const SchedulerNode* SchedulerCache::FindNode(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found != nodes_.end() && found->second->exists ? found->second.get() : nullptr;
}

const std::vector<const SchedulerNode*>& SchedulerCache::nodes() const {
  if (!order_is_current_) RebuildOrder();
  return order_;
}

void SchedulerCache::RebuildOrder() const {
  std::map<std::pair<std::string, std::string>, std::vector<const SchedulerNode*>> zones;
  std::size_t longest = 0;
  for (const auto& [name, node] : nodes_) {
    if (!node->exists) continue;
    auto& zone = zones[ZoneOf(*node)];
    zone.push_back(node.get());
    longest = std::max(longest, zone.size());
  }
  order_.clear();
  for (std::size_t turn = 0; turn < longest; ++turn) {
    for (const auto& [zone, members] : zones) {
      if (turn < members.size()) order_.push_back(members[turn]);
    }
  }
  order_is_current_ = true;
}

void SchedulerCache::NoteAffinity(const SchedulerNode& node) {
  const auto note = [&node](std::map<std::string, const SchedulerNode*>& nodes, std::size_t count) {
    if (node.exists && count > 0) {
      nodes.emplace(node.name(), &node);
    } else {
      nodes.erase(node.name());
    }
  };
  note(nodes_with_affinity_, node.affinity_pods_count);
  note(nodes_with_required_anti_affinity_, node.required_anti_affinity_pods_count);
}

void SchedulerCache::SetPod(const SchedulerPodPtr& pod, const std::string& node_name) {
  const auto found = node_of_pod_.find(pod->uid);
  if (found != node_of_pod_.end()) {
    const std::string old_node_name = found->second;
    Detach(pod->uid, old_node_name);
    if (old_node_name != node_name) DropIfUnknown(old_node_name);
  }
  SchedulerNode& node = NodeFor(node_name);
  node.AddPod(pod);
  node_of_pod_[pod->uid] = node_name;
  for (const auto& [key, entry] : counters_) entry.counter->Add(*pod, node.slot);
  NoteAffinity(node);
}

void SchedulerCache::RemovePod(const std::string& uid) {
  const auto found = node_of_pod_.find(uid);
  if (found == node_of_pod_.end()) return;
  const std::string node_name = found->second;
  Detach(uid, node_name);
  node_of_pod_.erase(uid);
  DropIfUnknown(node_name);
}

void SchedulerCache::Detach(const std::string& uid, const std::string& node_name) {
  SchedulerNode& node = *nodes_.find(node_name)->second;
  const auto at = std::find_if(node.pods.begin(), node.pods.end(),
                               [&](const SchedulerPodPtr& pod) { return pod->uid == uid; });
  SIM_CHECK(at != node.pods.end());
  const SchedulerPodPtr pod = *at;
  node.RemovePod(uid);
  for (const auto& [key, entry] : counters_) entry.counter->Remove(*pod, node.slot);
  NoteAffinity(node);
}

const std::string* SchedulerCache::NodeOfPod(const std::string& uid) const {
  const auto found = node_of_pod_.find(uid);
  return found != node_of_pod_.end() ? &found->second : nullptr;
}

std::vector<const SchedulerNode*> SchedulerCache::NodesWithAffinity() const {
  std::vector<const SchedulerNode*> nodes;
  for (const auto& [name, node] : nodes_with_affinity_) nodes.push_back(node);
  return nodes;
}

std::vector<const SchedulerNode*> SchedulerCache::NodesWithRequiredAntiAffinity() const {
  std::vector<const SchedulerNode*> nodes;
  for (const auto& [name, node] : nodes_with_required_anti_affinity_) nodes.push_back(node);
  return nodes;
}

void SchedulerCache::SetNamespace(const std::string& name, apiserver::SortedLabels labels) {
  namespaces_[name] = std::move(labels);
}

void SchedulerCache::RemoveNamespace(const std::string& name) { namespaces_.erase(name); }

bool SchedulerCache::TermCovers(const PodAffinityTerm& term, const std::string& namespace_) const {
  if (std::binary_search(term.namespaces.begin(), term.namespaces.end(), namespace_)) return true;
  if (!term.namespace_selector) return false;
  if (term.namespace_selector->is_empty()) return true;
  const auto found = namespaces_.find(namespace_);
  return found != namespaces_.end() && term.namespace_selector->Matches(found->second);
}

std::vector<std::string> SchedulerCache::NamespacesOf(const PodAffinityTerm& term) const {
  std::vector<std::string> names = term.namespaces;
  if (term.namespace_selector) {
    for (const auto& [name, labels] : namespaces_) {
      if (term.namespace_selector->Matches(labels)) names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::shared_ptr<const PodCounter> SchedulerCache::CounterFor(
    const std::string& namespace_, const apiserver::LabelSelector& selector,
    PodCounter::Deleting deleting) const {
  CounterKey key{namespace_, selector.matches_nothing() ? "<none>" : selector.Text(), deleting};
  const auto found = counters_.find(key);
  if (found != counters_.end()) {
    counters_by_use_.splice(counters_by_use_.begin(), counters_by_use_, found->second.used_at);
    return found->second.counter;
  }
  if (counters_.size() >= kCountersMax) {
    counters_.erase(counters_by_use_.back());
    counters_by_use_.pop_back();
  }
  auto counter = std::make_shared<PodCounter>(namespace_, selector, deleting);
  for (const auto& [name, node] : nodes_) {
    for (const SchedulerPodPtr& pod : node->pods) counter->Add(*pod, node->slot);
  }
  counters_by_use_.push_front(key);
  counters_.emplace(std::move(key), CounterEntry{counter, counters_by_use_.begin()});
  return counter;
}

std::size_t SchedulerCache::NodesWithImage(const std::string& name) const {
  const auto found = image_nodes_count_.find(name);
  return found != image_nodes_count_.end() ? found->second : 0;
}

}  // namespace controllers
