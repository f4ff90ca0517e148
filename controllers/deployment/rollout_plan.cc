#include "controllers/deployment/rollout_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace controllers {
namespace {

int TotalReplicas(std::span<const RolloutSet> sets) {
  return std::accumulate(sets.begin(), sets.end(), 0,
                         [](int sum, const RolloutSet& set) { return sum + set.replicas; });
}

int TotalAvailable(std::span<const RolloutSet> sets) {
  return std::accumulate(sets.begin(), sets.end(), 0, [](int sum, const RolloutSet& set) {
    return sum + set.available_replicas;
  });
}

// Indices ordered by age.
std::vector<std::size_t> OldestFirst(std::span<const RolloutSet> sets) {
  std::vector<std::size_t> order(sets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(sets[a].created, sets[a].name) < std::tie(sets[b].created, sets[b].name);
  });
  return order;
}

// Rounds half away from zero.
int RoundedShare(double share) { return static_cast<int>(share < 0 ? share - 0.5 : share + 0.5); }

// By how much a set grows or shrinks when the Deployment is scaled, keeping its share.
int Proportion(const DeploymentView& deployment, const RolloutSet& set, int to_add, int added) {
  if (set.replicas == 0 || to_add == 0 || to_add == added) return 0;
  if (deployment.replicas == 0) return -set.replicas;
  const int target_max = deployment.replicas + deployment.max_surge;
  const int before_max = set.max_annotation.value_or(deployment.status_replicas);
  if (before_max == 0) return 0;
  const double new_size =
      static_cast<double>(set.replicas) * target_max / static_cast<double>(before_max);
  const int fraction = RoundedShare(new_size) - set.replicas;
  const int allowed = to_add - added;
  return to_add > 0 ? std::min(fraction, allowed) : std::max(fraction, allowed);
}

ScalePlan PlanProportional(const DeploymentView& deployment, std::span<const RolloutSet> all,
                           std::vector<std::size_t> active) {
  ScalePlan plan;
  plan.is_annotating = true;
  int total = 0;
  for (const std::size_t i : active) total += all[i].replicas;
  const int allowed = deployment.replicas > 0 ? deployment.replicas + deployment.max_surge : 0;
  const int to_add = allowed - total;
  std::sort(active.begin(), active.end(), [&](std::size_t a, std::size_t b) {
    if (all[a].replicas != all[b].replicas) return all[a].replicas > all[b].replicas;
    // Growing favours the newer of two equals, shrinking takes from the older.
    const auto key = [&](std::size_t i) { return std::tie(all[i].created, all[i].name); };
    return to_add > 0 ? key(b) < key(a) : key(a) < key(b);
  });
  int added = 0;
  for (const std::size_t i : active) {
    const int share = to_add == 0 ? 0 : Proportion(deployment, all[i], to_add, added);
    added += share;
    plan.steps.push_back({i, all[i].replicas + share});
  }
  if (!plan.steps.empty() && to_add != 0) {
    // What rounding left over goes to the largest set.
    plan.steps.front().replicas = std::max(0, plan.steps.front().replicas + to_add - added);
  }
  return plan;
}

}  // namespace

int NewSetReplicas(const DeploymentView& deployment, std::span<const RolloutSet> all,
                   const RolloutSet& new_set) {
  if (!deployment.is_rolling) return deployment.replicas;
  const int total_max = deployment.replicas + deployment.max_surge;
  const int total = TotalReplicas(all);
  if (total >= total_max) return new_set.replicas;
  return new_set.replicas + std::min(total_max - total, deployment.replicas - new_set.replicas);
}

std::optional<int> PlanNewSet(const DeploymentView& deployment, std::span<const RolloutSet> old,
                              const RolloutSet& new_set) {
  if (new_set.replicas == deployment.replicas) return {};
  if (new_set.replicas > deployment.replicas) return deployment.replicas;
  std::vector<RolloutSet> all(old.begin(), old.end());
  all.push_back(new_set);
  const int replicas = NewSetReplicas(deployment, all, new_set);
  return replicas == new_set.replicas ? std::nullopt : std::optional(replicas);
}

std::vector<ScaleStep> PlanOldSets(const DeploymentView& deployment,
                                   std::span<const RolloutSet> old, const RolloutSet& new_set) {
  std::vector<ScaleStep> steps;
  std::vector<RolloutSet> sets(old.begin(), old.end());
  if (TotalReplicas(sets) == 0) return steps;
  const int available_min = deployment.replicas - deployment.max_unavailable;
  const int new_unavailable = new_set.replicas - new_set.available_replicas;
  const int scale_down_max =
      TotalReplicas(sets) + new_set.replicas - available_min - new_unavailable;
  if (scale_down_max <= 0) return steps;
  const std::vector<std::size_t> order = OldestFirst(sets);
  // Replicas that are not available serve nobody: they go first and don't count.
  int unhealthy_removed = 0;
  for (const std::size_t i : order) {
    if (unhealthy_removed >= scale_down_max) break;
    const int unhealthy = sets[i].replicas - sets[i].available_replicas;
    if (sets[i].replicas == 0 || unhealthy <= 0) continue;
    const int count = std::min(scale_down_max - unhealthy_removed, unhealthy);
    sets[i].replicas -= count;
    unhealthy_removed += count;
    steps.push_back({i, sets[i].replicas});
  }
  const int available = TotalAvailable(sets) + new_set.available_replicas;
  if (available <= available_min) return steps;
  int rest = available - available_min;
  for (const std::size_t i : order) {
    if (rest <= 0) break;
    if (sets[i].replicas == 0) continue;
    const int count = std::min(sets[i].replicas, rest);
    sets[i].replicas -= count;
    rest -= count;
    steps.push_back({i, sets[i].replicas});
  }
  return steps;
}

std::vector<ScaleStep> PlanAllDown(std::span<const RolloutSet> old) {
  std::vector<ScaleStep> steps;
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (old[i].replicas > 0) steps.push_back({i, 0});
  }
  return steps;
}

ScalePlan PlanScale(const DeploymentView& deployment, std::span<const RolloutSet> all,
                    std::optional<std::size_t> new_set, bool new_set_is_saturated) {
  std::vector<std::size_t> active;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].replicas > 0) active.push_back(i);
  }
  if (active.size() <= 1) {
    // One active set, or none: then the new one, or the newest.
    std::optional<std::size_t> only = active.empty() ? new_set : std::optional(active.front());
    if (!only && !all.empty()) only = OldestFirst(all).back();
    if (!only || all[*only].replicas == deployment.replicas) return {};
    return {{{*only, deployment.replicas}}, false};
  }
  if (new_set_is_saturated) {
    ScalePlan plan;
    for (const std::size_t i : active) {
      if (i != new_set) plan.steps.push_back({i, 0});
    }
    return plan;
  }
  if (!deployment.is_rolling) return {};
  return PlanProportional(deployment, all, std::move(active));
}

std::vector<std::size_t> PlanHistory(int limit, std::span<const RolloutSet> old,
                                     std::span<const std::int64_t> revisions,
                                     const std::vector<bool>& may_go) {
  std::vector<std::size_t> order(old.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<std::size_t> gone;
  const int surplus = static_cast<int>(old.size()) - limit;
  if (surplus <= 0) return gone;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(revisions[a], old[a].created, old[a].name) <
           std::tie(revisions[b], old[b].created, old[b].name);
  });
  for (int i = 0; i < surplus; ++i) {
    const std::size_t set = order[static_cast<std::size_t>(i)];
    if (may_go[set] && old[set].replicas == 0 && old[set].status_replicas == 0) gone.push_back(set);
  }
  return gone;
}

}  // namespace controllers
