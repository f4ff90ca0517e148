#include <cmath>
#include <limits>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";
constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";
// Upstream's spreading of pods that declare nothing: softly over nodes and zones.
constexpr std::int32_t kDefaultHostSkew = 3;
constexpr std::int32_t kDefaultZoneSkew = 5;

using Domains = std::map<std::string, std::int64_t, std::less<>>;

bool HasAllKeys(const SchedulerNode& node, const std::vector<SpreadConstraint>& constraints) {
  return std::all_of(constraints.begin(), constraints.end(),
                     [&](const SpreadConstraint& constraint) {
                       return node.Label(constraint.topology_key) != nullptr;
                     });
}

// Whether the node takes part in the counting for `constraint`.
bool IsIncluded(const SpreadConstraint& constraint, const SchedulerPod& pod,
                const SchedulerNode& node) {
  if (constraint.honors_node_affinity &&
      !pod.node_preferences.Accepts(node.name(), node.facts.labels))
    return false;
  return !constraint.honors_node_taints ||
         apiserver::FindUntolerated(
             node.facts.taints, pod.tolerations,
             {apiserver::TaintEffect::kNoSchedule, apiserver::TaintEffect::kNoExecute}) == nullptr;
}

class HardSpread final : public PluginState {
 public:
  std::unique_ptr<PluginState> Clone() const override {
    return std::make_unique<HardSpread>(*this);
  }

  void Update(const SchedulerPod& pod, const SchedulerPod& other, const SchedulerNode& node,
              std::int64_t delta) {
    if (other.key.namespace_ != pod.key.namespace_ || !HasAllKeys(node, constraints)) return;
    for (std::size_t index = 0; index < constraints.size(); ++index) {
      const SpreadConstraint& constraint = constraints[index];
      if (!constraint.selector.Matches(other.labels) || !IsIncluded(constraint, pod, node))
        continue;
      domains[index][*node.Label(constraint.topology_key)] += delta;
      UpdateMinimum(index);
    }
  }
  // The fewest matching pods of any domain; 0 when there are fewer domains than asked for.
  void UpdateMinimum(std::size_t index) {
    std::int64_t fewest = std::numeric_limits<std::int32_t>::max();
    for (const auto& [value, count] : domains[index]) fewest = std::min(fewest, count);
    const bool has_too_few =
        domains[index].size() < static_cast<std::size_t>(constraints[index].min_domains);
    minimums[index] = has_too_few ? 0 : fewest;
  }

  std::vector<SpreadConstraint> constraints;
  std::vector<Domains> domains;        // by constraint: topology value -> matching pods
  std::vector<std::int64_t> minimums;  // by constraint
};

class SoftSpread final : public PluginState {
 public:
  std::unique_ptr<PluginState> Clone() const override {
    return std::make_unique<SoftSpread>(*this);
  }
  bool Ignores(const SchedulerNode& node) const {
    return requires_all_keys && !HasAllKeys(node, constraints);
  }

  bool requires_all_keys = true;
  std::vector<SpreadConstraint> constraints;
  std::vector<Domains>
      domains;  // by constraint; empty for the host name, whose counts are per node
  std::vector<std::shared_ptr<const PodCounter>> counters;
  std::vector<double> weights;
};

std::vector<SpreadConstraint> DefaultConstraints(const SchedulerPod& pod,
                                                 const SchedulerCache& cache) {
  std::vector<SpreadConstraint> constraints;
  const auto selector = cache.workloads().DefaultSelector(pod);
  if (!selector) return constraints;
  constraints.push_back({.max_skew = kDefaultHostSkew,
                         .topology_key = std::string(kHostnameLabel),
                         .is_hard = false,
                         .selector = *selector});
  constraints.push_back({.max_skew = kDefaultZoneSkew,
                         .topology_key = std::string(kZoneLabel),
                         .is_hard = false,
                         .selector = *selector});
  return constraints;
}

// Spreads pods evenly over topology domains: hard constraints filter, soft ones and the defaults
// score.
class PodTopologySpread final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "PodTopologySpread"; }

  PreFilterResult PreFilter(const SchedulerPod& pod, const SchedulerCache& cache) const override {
    PreFilterResult result;
    auto spread = std::make_unique<HardSpread>();
    for (const SpreadConstraint& constraint : pod.spread_constraints) {
      if (constraint.is_hard) spread->constraints.push_back(constraint);
    }
    if (spread->constraints.empty()) {
      result.is_skipped = true;
      return result;
    }
    spread->domains.resize(spread->constraints.size());
    spread->minimums.resize(spread->constraints.size());
    for (std::size_t index = 0; index < spread->constraints.size(); ++index) {
      const SpreadConstraint& constraint = spread->constraints[index];
      const auto counter =
          cache.CounterFor(pod.key.namespace_, constraint.selector, PodCounter::Deleting::kLeftOut);
      for (const SchedulerNode* node : cache.nodes()) {
        if (!HasAllKeys(*node, spread->constraints) || !IsIncluded(constraint, pod, *node))
          continue;
        spread->domains[index][*node->Label(constraint.topology_key)] += counter->count(node->slot);
      }
      spread->UpdateMinimum(index);
    }
    result.state = std::move(spread);
    return result;
  }

  FilterStatus Filter(const PluginState* state, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    const auto& spread = *static_cast<const HardSpread*>(state);
    for (std::size_t index = 0; index < spread.constraints.size(); ++index) {
      const SpreadConstraint& constraint = spread.constraints[index];
      const std::string* value = node.Label(constraint.topology_key);
      if (value == nullptr) {
        return FilterStatus::Unresolvable(
            "node(s) didn't match pod topology spread constraints (missing required label)");
      }
      const auto domain = spread.domains[index].find(*value);
      const std::int64_t count = domain != spread.domains[index].end() ? domain->second : 0;
      const std::int64_t own_count = constraint.selector.Matches(pod.labels) ? 1 : 0;
      if (count + own_count - spread.minimums[index] > constraint.max_skew) {
        return FilterStatus::Unschedulable("node(s) didn't match pod topology spread constraints");
      }
    }
    return {};
  }

  void AddPod(PluginState& state, const SchedulerPod& pod, const SchedulerPod& other,
              const SchedulerNode& node) const override {
    static_cast<HardSpread&>(state).Update(pod, other, node, 1);
  }
  void RemovePod(PluginState& state, const SchedulerPod& pod, const SchedulerPod& other,
                 const SchedulerNode& node) const override {
    // One that is being deleted was not counted in the first place.
    if (!other.is_deleting) static_cast<HardSpread&>(state).Update(pod, other, node, -1);
  }

  std::int64_t weight() const override { return 2; }

  PreScoreResult PreScore(const SchedulerPod& pod, const SchedulerCache& cache,
                          std::span<const SchedulerNode* const> nodes) const override {
    auto spread = std::make_unique<SoftSpread>();
    spread->requires_all_keys = !pod.spread_constraints.empty();
    if (spread->requires_all_keys) {
      for (const SpreadConstraint& constraint : pod.spread_constraints) {
        if (!constraint.is_hard) spread->constraints.push_back(constraint);
      }
    } else {
      spread->constraints = DefaultConstraints(pod, cache);
    }
    if (spread->constraints.empty()) return {true, nullptr};
    spread->domains.resize(spread->constraints.size());
    for (std::size_t index = 0; index < spread->constraints.size(); ++index) {
      const SpreadConstraint& constraint = spread->constraints[index];
      spread->counters.push_back(cache.CounterFor(pod.key.namespace_, constraint.selector,
                                                  PodCounter::Deleting::kLeftOut));
      CountDomains(pod, cache, nodes, index, *spread);
    }
    return {false, std::move(spread)};
  }

  std::int64_t Score(const PluginState* state, const SchedulerPod&,
                     const SchedulerNode& node) const override {
    const auto& spread = *static_cast<const SoftSpread*>(state);
    if (spread.Ignores(node)) return kIgnored;
    double score = 0;
    for (std::size_t index = 0; index < spread.constraints.size(); ++index) {
      const SpreadConstraint& constraint = spread.constraints[index];
      const std::string* value = node.Label(constraint.topology_key);
      if (value == nullptr) continue;
      const std::int64_t count = constraint.topology_key == kHostnameLabel
                                     ? spread.counters[index]->count(node.slot)
                                     : spread.domains[index].find(*value)->second;
      score += static_cast<double>(count) * spread.weights[index] +
               static_cast<double>(constraint.max_skew - 1);
    }
    return std::llround(score);
  }

  void Normalize(const PluginState*, std::span<const SchedulerNode* const>,
                 std::vector<std::int64_t>& scores) const override {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    std::int64_t highest = 0;
    for (const std::int64_t score : scores) {
      if (score == kIgnored) continue;
      lowest = std::min(lowest, score);
      highest = std::max(highest, score);
    }
    for (std::int64_t& score : scores) {
      if (score == kIgnored) {
        score = 0;
      } else {
        score = highest == 0 ? kNodeScoreMax : kNodeScoreMax * (highest + lowest - score) / highest;
      }
    }
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    if (event.node != nullptr) return HasAllKeys(*event.node, pod.spread_constraints);
    if (event.pod == nullptr) return true;
    return event.pod->key.namespace_ == pod.key.namespace_ &&
           std::any_of(pod.spread_constraints.begin(), pod.spread_constraints.end(),
                       [&](const SpreadConstraint& constraint) {
                         return constraint.selector.Matches(event.pod->labels) ||
                                (event.old_pod != nullptr &&
                                 constraint.selector.Matches(event.old_pod->labels));
                       });
  }

 private:
  static constexpr std::int64_t kIgnored = -1;

  static void CountDomains(const SchedulerPod& pod, const SchedulerCache& cache,
                           std::span<const SchedulerNode* const> nodes, std::size_t index,
                           SoftSpread& spread) {
    const SpreadConstraint& constraint = spread.constraints[index];
    std::size_t domains_count = 0;
    Domains& domains = spread.domains[index];
    for (const SchedulerNode* node : nodes) {
      if (spread.Ignores(*node)) continue;
      if (constraint.topology_key == kHostnameLabel) {
        ++domains_count;
      } else {
        const std::string* value = node->Label(constraint.topology_key);
        domains.emplace(value != nullptr ? *value : "", 0);
      }
    }
    if (constraint.topology_key != kHostnameLabel) {
      domains_count = domains.size();
      for (const SchedulerNode* node : cache.nodes()) {
        if (spread.Ignores(*node)) continue;
        const std::string* value = node->Label(constraint.topology_key);
        const auto domain =
            domains.find(value != nullptr ? std::string_view(*value) : std::string_view());
        if (domain == domains.end() || !IsIncluded(constraint, pod, *node)) continue;
        domain->second += spread.counters[index]->count(node->slot);
      }
    }
    // So that the counts of few large domains are not drowned by those of many small ones.
    spread.weights.push_back(std::log(static_cast<double>(domains_count + 2)));
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakePodTopologySpread() {
  return std::make_unique<PodTopologySpread>();
}

}  // namespace controllers
