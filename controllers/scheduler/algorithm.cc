#include "controllers/scheduler/algorithm.h"

namespace controllers {
namespace {

constexpr std::size_t kFeasibleNodesMin = 100;
constexpr std::int64_t kAdaptivePercentStart = 50;
constexpr std::int64_t kAdaptivePercentMin = 5;
constexpr std::int64_t kNodesPerPercent = 125;

}  // namespace

std::size_t FeasibleNodesWanted(std::size_t nodes_count, std::int64_t percentage) {
  if (nodes_count < kFeasibleNodesMin) return nodes_count;
  if (percentage == 0) {
    percentage =
        std::max(kAdaptivePercentStart - static_cast<std::int64_t>(nodes_count) / kNodesPerPercent,
                 kAdaptivePercentMin);
  }
  if (percentage >= 100) return nodes_count;
  return std::max(nodes_count * static_cast<std::size_t>(percentage) / 100, kFeasibleNodesMin);
}

SchedulingDecision SchedulingAlgorithm::Decide(const SchedulerPod& pod, const SchedulerCache& cache,
                                               const Nominations& nominations,
                                               const DisruptionBudgets& budgets,
                                               sim::Random& random) {
  SchedulingDecision decision;
  decision.pod = pod.key;
  decision.nodes_count = cache.nodes().size();
  if (cache.nodes().empty()) {
    decision.message = "no nodes available to schedule pods";
    return decision;
  }
  const FilterCycle cycle(plugins_, pod, cache, nominations);
  const std::string nominated_node = nominations.NodeOf(pod.uid);
  std::vector<const SchedulerNode*> feasible;
  if (!cycle.refusal().is_success()) {
    decision.is_refused_for_all = true;
    decision.refusal_of_all = cycle.refusal();
    decision.refusing_plugins.insert(std::string(cycle.refusing_plugin()));
  } else {
    const SchedulerNode* nominated =
        nominated_node.empty() ? nullptr : cache.FindNode(nominated_node);
    if (nominated != nullptr && cycle.Filter(*nominated, nullptr).is_success()) {
      feasible = {nominated};
    } else {
      feasible = FindFeasible(cycle, cache, decision);
    }
  }
  if (feasible.empty()) {
    PreemptionPlan plan =
        PlanPreemption(cycle, pod, cache, decision, nominated_node, budgets, random);
    decision.nominated_node = std::move(plan.node);
    decision.victims = std::move(plan.victims);
    decision.clears_nomination = plan.clears_nomination;
    // The first words are those of the plug-in for devices, which has no claims here to give back.
    const std::string post_filter = decision.nominated_node.empty()
                                        ? "no new claims to deallocate, preemption: " + plan.message
                                        : "";
    decision.message = DecisionMessage(decision, post_filter);
    return decision;
  }
  Choose(pod, cache, feasible, random, decision);
  return decision;
}

std::vector<const SchedulerNode*> SchedulingAlgorithm::FindFeasible(const FilterCycle& cycle,
                                                                    const SchedulerCache& cache,
                                                                    SchedulingDecision& decision) {
  const auto& nodes = cache.nodes();
  const auto& names = cycle.node_names();
  if (names) {
    std::string plugins;
    for (const std::string& plugin : cycle.narrowing_plugins())
      plugins += (plugins.empty() ? "" : " ") + plugin;
    decision.refusal_of_all =
        FilterStatus::Unresolvable("node(s) didn't satisfy plugin(s) [" + plugins + "]");
    decision.refusing_plugins.insert(cycle.narrowing_plugins().begin(),
                                     cycle.narrowing_plugins().end());
  }
  const std::size_t wanted =
      FeasibleNodesWanted(nodes.size(), options_.percentage_of_nodes_to_score);
  std::vector<const SchedulerNode*> feasible;
  std::size_t looked_at = 0;
  for (; looked_at < nodes.size() && feasible.size() < wanted; ++looked_at) {
    const SchedulerNode* node = nodes[(next_start_ + looked_at) % nodes.size()];
    if (names && !names->contains(node->name())) continue;
    std::string_view plugin;
    FilterStatus status = cycle.Filter(*node, &plugin);
    if (status.is_success()) {
      feasible.push_back(node);
    } else {
      decision.refusing_plugins.insert(std::string(plugin));
      decision.refusals.push_back({node->name(), plugin, std::move(status)});
    }
  }
  next_start_ = (next_start_ + looked_at) % nodes.size();
  return feasible;
}

void SchedulingAlgorithm::Choose(const SchedulerPod& pod, const SchedulerCache& cache,
                                 const std::vector<const SchedulerNode*>& nodes,
                                 sim::Random& random, SchedulingDecision& decision) const {
  if (nodes.size() == 1) {
    decision.node = nodes.front()->name();
    return;
  }
  std::vector<std::int64_t> totals(nodes.size(), 0);
  std::vector<std::vector<std::int64_t>> columns;
  for (const auto& plugin : plugins_) {
    if (plugin->weight() == 0) continue;
    const PreScoreResult prepared = plugin->PreScore(pod, cache, nodes);
    if (prepared.is_skipped) continue;
    std::vector<std::int64_t> scores;
    scores.reserve(nodes.size());
    for (const SchedulerNode* node : nodes)
      scores.push_back(plugin->Score(prepared.state.get(), pod, *node));
    plugin->Normalize(prepared.state.get(), nodes, scores);
    for (std::size_t index = 0; index < nodes.size(); ++index) {
      scores[index] *= plugin->weight();
      totals[index] += scores[index];
    }
    decision.score_plugins.push_back(plugin->name());
    columns.push_back(std::move(scores));
  }
  const std::int64_t highest = *std::max_element(totals.begin(), totals.end());
  std::vector<std::size_t> ties;
  decision.scores.reserve(nodes.size());
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    NodeScores row{nodes[index]->name(), {}, totals[index]};
    for (const auto& column : columns) row.weighted.push_back(column[index]);
    decision.scores.push_back(std::move(row));
    if (totals[index] == highest) ties.push_back(index);
  }
  const std::size_t pick =
      ties.size() == 1
          ? 0
          : static_cast<std::size_t>(random.Uniform(0, static_cast<std::int64_t>(ties.size()) - 1));
  decision.node = nodes[ties[pick]]->name();
}

}  // namespace controllers
