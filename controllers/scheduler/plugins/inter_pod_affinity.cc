#include <limits>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

using TopologyPair = std::pair<std::string, std::string>;  // label key and value
using TopologyCounts = std::map<TopologyPair, std::int64_t>;

// What an existing pod's required affinity is worth to a new pod that it likes.
constexpr std::int64_t kHardAffinityWeight = 1;

bool Matches(const PodAffinityTerm& term, const SchedulerPod& pod, const SchedulerCache& cache) {
  return cache.TermCovers(term, pod.key.namespace_) && term.selector.Matches(pod.labels);
}

bool MatchesAll(const std::vector<PodAffinityTerm>& terms, const SchedulerPod& pod,
                const SchedulerCache& cache) {
  return !terms.empty() &&
         std::all_of(terms.begin(), terms.end(),
                     [&](const PodAffinityTerm& term) { return Matches(term, pod, cache); });
}

void Count(TopologyCounts& counts, const PodAffinityTerm& term, const SchedulerNode& node,
           std::int64_t by) {
  const std::string* value = node.Label(term.topology_key);
  if (value == nullptr || by == 0) return;
  const auto [at, is_new] = counts.emplace(TopologyPair{term.topology_key, *value}, 0);
  at->second += by;
  if (at->second == 0) counts.erase(at);
}

std::int64_t CountAt(const TopologyCounts& counts, const std::string& key,
                     const std::string& value) {
  const auto found = counts.find({key, value});
  return found != counts.end() ? found->second : 0;
}

// Adds to `counts` per node how many pods match `term`, times `factor`.
void CountMatching(TopologyCounts& counts, const PodAffinityTerm& term, const SchedulerCache& cache,
                   std::int64_t factor) {
  for (const std::string& name : cache.NamespacesOf(term)) {
    const auto counter = cache.CounterFor(name, term.selector, PodCounter::Deleting::kCounted);
    for (const SchedulerNode* node : cache.nodes()) {
      Count(counts, term, *node, factor * counter->count(node->slot));
    }
  }
}

class AffinityState final : public PluginState {
 public:
  explicit AffinityState(const SchedulerCache& source) : cache(source) {}
  std::unique_ptr<PluginState> Clone() const override {
    return std::make_unique<AffinityState>(*this);
  }

  void Update(const SchedulerPod& pod, const SchedulerPod& other, const SchedulerNode& node,
              std::int64_t by) {
    for (const PodAffinityTerm& term : other.required_anti_affinity) {
      if (Matches(term, pod, cache)) Count(existing_anti_affinity, term, node, by);
    }
    if (MatchesAll(pod.required_affinity, other, cache)) {
      for (const PodAffinityTerm& term : pod.required_affinity) Count(affinity, term, node, by);
    }
    for (const PodAffinityTerm& term : pod.required_anti_affinity) {
      if (Matches(term, other, cache)) Count(anti_affinity, term, node, by);
    }
  }

  const SchedulerCache& cache;
  TopologyCounts existing_anti_affinity;  // pods there whose anti-affinity is against the new pod
  TopologyCounts affinity;       // pods there that match all of the new pod's affinity terms
  TopologyCounts anti_affinity;  // pods there that match one of its anti-affinity terms
};

class AffinityScores final : public PluginState {
 public:
  std::unique_ptr<PluginState> Clone() const override {
    return std::make_unique<AffinityScores>(*this);
  }
  TopologyCounts scores;
};

// Pods near or far from other pods, by what both sides require and prefer.
class InterPodAffinity final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "InterPodAffinity"; }

  PreFilterResult PreFilter(const SchedulerPod& pod, const SchedulerCache& cache) const override {
    PreFilterResult result;
    auto state = std::make_unique<AffinityState>(cache);
    for (const SchedulerNode* node : cache.NodesWithRequiredAntiAffinity()) {
      for (const SchedulerPodPtr& other : node->pods) {
        for (const PodAffinityTerm& term : other->required_anti_affinity) {
          if (Matches(term, pod, cache)) Count(state->existing_anti_affinity, term, *node, 1);
        }
      }
    }
    if (pod.required_affinity.size() == 1) {
      CountMatching(state->affinity, pod.required_affinity.front(), cache, 1);
    } else if (!pod.required_affinity.empty()) {
      // A pod counts only if it matches all terms, which no counter of one selector knows.
      for (const SchedulerNode* node : cache.nodes()) {
        for (const SchedulerPodPtr& other : node->pods) {
          if (!MatchesAll(pod.required_affinity, *other, cache)) continue;
          for (const PodAffinityTerm& term : pod.required_affinity)
            Count(state->affinity, term, *node, 1);
        }
      }
    }
    for (const PodAffinityTerm& term : pod.required_anti_affinity)
      CountMatching(state->anti_affinity, term, cache, 1);
    result.is_skipped = state->existing_anti_affinity.empty() && pod.required_affinity.empty() &&
                        pod.required_anti_affinity.empty();
    if (!result.is_skipped) result.state = std::move(state);
    return result;
  }

  FilterStatus Filter(const PluginState* plugin_state, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    const auto& state = *static_cast<const AffinityState*>(plugin_state);
    if (!MeetsAffinity(state, pod, node)) {
      return FilterStatus::Unresolvable("node(s) didn't match pod affinity rules");
    }
    for (const PodAffinityTerm& term : pod.required_anti_affinity) {
      const std::string* value = node.Label(term.topology_key);
      if (value != nullptr && CountAt(state.anti_affinity, term.topology_key, *value) > 0) {
        return FilterStatus::Unschedulable("node(s) didn't match pod anti-affinity rules");
      }
    }
    for (const auto& [pair, count] : state.existing_anti_affinity) {
      const std::string* value = node.Label(pair.first);
      if (value != nullptr && *value == pair.second && count > 0) {
        return FilterStatus::Unschedulable(
            "node(s) didn't satisfy existing pods anti-affinity rules");
      }
    }
    return {};
  }

  void AddPod(PluginState& state, const SchedulerPod& pod, const SchedulerPod& other,
              const SchedulerNode& node) const override {
    static_cast<AffinityState&>(state).Update(pod, other, node, 1);
  }
  void RemovePod(PluginState& state, const SchedulerPod& pod, const SchedulerPod& other,
                 const SchedulerNode& node) const override {
    static_cast<AffinityState&>(state).Update(pod, other, node, -1);
  }

  std::int64_t weight() const override { return 2; }

  PreScoreResult PreScore(const SchedulerPod& pod, const SchedulerCache& cache,
                          std::span<const SchedulerNode* const>) const override {
    auto state = std::make_unique<AffinityScores>();
    for (const PodAffinityTerm& term : pod.preferred_affinity) {
      CountMatching(state->scores, term, cache, term.weight);
    }
    for (const PodAffinityTerm& term : pod.preferred_anti_affinity) {
      CountMatching(state->scores, term, cache, -term.weight);
    }
    for (const SchedulerNode* node : cache.NodesWithAffinity()) {
      for (const SchedulerPodPtr& other : node->pods)
        CountLiking(state->scores, pod, *other, *node, cache);
    }
    const bool is_skipped = state->scores.empty();
    return {is_skipped, std::move(state)};
  }

  std::int64_t Score(const PluginState* state, const SchedulerPod&,
                     const SchedulerNode& node) const override {
    std::int64_t sum = 0;
    for (const auto& [pair, score] : static_cast<const AffinityScores*>(state)->scores) {
      const std::string* value = node.Label(pair.first);
      if (value != nullptr && *value == pair.second) sum += score;
    }
    return sum;
  }

  void Normalize(const PluginState*, std::span<const SchedulerNode* const>,
                 std::vector<std::int64_t>& scores) const override {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t score : scores) {
      lowest = std::min(lowest, score);
      highest = std::max(highest, score);
    }
    for (std::int64_t& score : scores) {
      score = highest > lowest ? static_cast<std::int64_t>(static_cast<double>(kNodeScoreMax) *
                                                           (static_cast<double>(score - lowest) /
                                                            static_cast<double>(highest - lowest)))
                               : 0;
    }
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache& cache) const override {
    if (event.node != nullptr) return true;
    if (event.pod == nullptr) return false;
    if (event.kind == ClusterEvent::Kind::kPodRemoved) {
      const auto is_against = [&](const PodAffinityTerm& term) {
        return Matches(term, pod, cache);
      };
      const auto& against = event.pod->required_anti_affinity;
      if (std::any_of(against.begin(), against.end(), is_against)) return true;
      return std::any_of(
          pod.required_anti_affinity.begin(), pod.required_anti_affinity.end(),
          [&](const PodAffinityTerm& term) { return Matches(term, *event.pod, cache); });
    }
    return MatchesAll(pod.required_affinity, *event.pod, cache) ||
           event.kind == ClusterEvent::Kind::kPodChanged;
  }

 private:
  // The first pod of a group that requires its own company may go anywhere.
  static bool MeetsAffinity(const AffinityState& state, const SchedulerPod& pod,
                            const SchedulerNode& node) {
    bool has_company = true;
    for (const PodAffinityTerm& term : pod.required_affinity) {
      const std::string* value = node.Label(term.topology_key);
      if (value == nullptr) return false;
      if (CountAt(state.affinity, term.topology_key, *value) <= 0) has_company = false;
    }
    return has_company ||
           (state.affinity.empty() && MatchesAll(pod.required_affinity, pod, state.cache));
  }

  // How much the pod that is there likes or dislikes the new one.
  static void CountLiking(TopologyCounts& scores, const SchedulerPod& pod,
                          const SchedulerPod& other, const SchedulerNode& node,
                          const SchedulerCache& cache) {
    for (const PodAffinityTerm& term : other.required_affinity) {
      if (Matches(term, pod, cache)) Count(scores, term, node, kHardAffinityWeight);
    }
    for (const PodAffinityTerm& term : other.preferred_affinity) {
      if (Matches(term, pod, cache)) Count(scores, term, node, term.weight);
    }
    for (const PodAffinityTerm& term : other.preferred_anti_affinity) {
      if (Matches(term, pod, cache)) Count(scores, term, node, -term.weight);
    }
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeInterPodAffinity() {
  return std::make_unique<InterPodAffinity>();
}

}  // namespace controllers
