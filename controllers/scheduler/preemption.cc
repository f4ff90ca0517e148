#include "controllers/scheduler/preemption.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace controllers {
namespace {

// Of many candidates this share, but at least so many, are tried out.
constexpr std::size_t kCandidatesPercent = 10;
constexpr std::size_t kCandidatesMin = 100;

struct Candidate {
  std::string node;
  std::vector<SchedulerPodPtr> victims;
  std::size_t violations_count = 0;
};

// Whether `a` should be kept rather than `b`.
bool IsMoreImportant(const SchedulerPodPtr& a, const SchedulerPodPtr& b) {
  if (a->priority != b->priority) return a->priority > b->priority;
  // The longer it runs, the more it matters; one that has not started matters least.
  const bool a_started = !a->start_time.empty();
  const bool b_started = !b->start_time.empty();
  if (a_started != b_started) return a_started;
  if (a->start_time != b->start_time) return a->start_time < b->start_time;
  return a->key < b->key;
}

// Splits `pods`, keeping their order, into those whose deletion a budget forbids and the others.
std::pair<std::vector<SchedulerPodPtr>, std::vector<SchedulerPodPtr>> SplitByBudgets(
    const std::vector<SchedulerPodPtr>& pods, const DisruptionBudgets& budgets) {
  std::map<apiserver::ObjectKey, std::int64_t> allowed;
  for (const auto& [key, budget] : budgets) allowed[key] = budget.disruptions_allowed;
  std::pair<std::vector<SchedulerPodPtr>, std::vector<SchedulerPodPtr>> split;
  for (const SchedulerPodPtr& pod : pods) {
    bool violates = false;
    for (const auto& [key, budget] : budgets) {
      if (key.namespace_ != pod->key.namespace_ || pod->labels.empty()) continue;
      if (budget.selector.is_empty() || !budget.selector.Matches(pod->labels)) continue;
      if (--allowed[key] < 0) violates = true;
    }
    (violates ? split.first : split.second).push_back(pod);
  }
  return split;
}

// Finds the fewest, least important victims on `node`, or says why there is no help.
FilterStatus SelectVictims(const FilterCycle& cycle, const SchedulerPod& pod,
                           const SchedulerNode& original, const DisruptionBudgets& budgets,
                           Candidate& candidate) {
  SchedulerNode node = original;
  FilterCycle trial = cycle.Clone();
  std::vector<SchedulerPodPtr> potential;
  for (const SchedulerPodPtr& other : original.pods) {
    if (other->priority < pod.priority) potential.push_back(other);
  }
  if (potential.empty())
    return FilterStatus::Unresolvable("No preemption victims found for incoming pod");
  const auto remove = [&](const SchedulerPodPtr& other) {
    node.RemovePod(other->uid);
    trial.RemovePod(*other, node);
  };
  for (const SchedulerPodPtr& other : potential) remove(other);
  if (FilterStatus status = trial.Filter(node, nullptr); !status.is_success()) return status;

  std::sort(potential.begin(), potential.end(), IsMoreImportant);
  const auto [violating, others] = SplitByBudgets(potential, budgets);
  const auto reprieve = [&](const SchedulerPodPtr& other) {
    node.AddPod(other);
    trial.AddPod(*other, node);
    if (trial.Filter(node, nullptr).is_success()) return true;
    remove(other);
    candidate.victims.push_back(other);
    return false;
  };
  for (const SchedulerPodPtr& other : violating) {
    if (!reprieve(other)) ++candidate.violations_count;
  }
  for (const SchedulerPodPtr& other : others) reprieve(other);
  std::sort(candidate.victims.begin(), candidate.victims.end(), IsMoreImportant);
  candidate.node = node.name();
  return {};
}

// Smaller is better. Requires: there are victims.
auto CostOf(const Candidate& candidate) {
  const std::int32_t highest_priority = candidate.victims.front()->priority;
  std::int64_t priorities_sum = 0;
  std::string latest_start;  // of the earliest among the most important victims
  for (const SchedulerPodPtr& victim : candidate.victims) {
    priorities_sum +=
        static_cast<std::int64_t>(victim->priority) + std::numeric_limits<std::int32_t>::max() + 1;
    if (victim->priority == highest_priority &&
        (latest_start.empty() || victim->start_time < latest_start)) {
      latest_start = victim->start_time;
    }
  }
  return std::make_pair(std::make_tuple(candidate.violations_count, highest_priority,
                                        priorities_sum, candidate.victims.size()),
                        latest_start);
}

const Candidate& Best(const std::vector<Candidate>& candidates) {
  const Candidate* best = &candidates.front();
  auto best_cost = CostOf(*best);
  for (const Candidate& candidate : candidates) {
    const auto cost = CostOf(candidate);
    if (cost.first < best_cost.first ||
        (cost.first == best_cost.first && cost.second > best_cost.second)) {
      best = &candidate;
      best_cost = cost;
    }
  }
  return *best;
}

// Why the pod may not preempt (now), or "".
std::string WhyNotEligible(const SchedulerPod& pod, const SchedulerCache& cache,
                           const SchedulingDecision& decision, const std::string& nominated_node) {
  if (!pod.may_preempt) return "not eligible due to preemptionPolicy=Never.";
  const SchedulerNode* node = nominated_node.empty() ? nullptr : cache.FindNode(nominated_node);
  if (node == nullptr) return {};
  for (const NodeRefusal& refusal : decision.refusals) {
    // Waiting there is hopeless, so it may look elsewhere.
    if (refusal.node == nominated_node && refusal.status.code == FilterCode::kUnresolvable)
      return {};
  }
  for (const SchedulerPodPtr& other : node->pods) {
    if (other->is_deleting && other->priority < pod.priority) {
      return "not eligible due to a terminating pod on the nominated node.";
    }
  }
  return {};
}

}  // namespace

PreemptionPlan PlanPreemption(const FilterCycle& cycle, const SchedulerPod& pod,
                              const SchedulerCache& cache, const SchedulingDecision& decision,
                              const std::string& nominated_node, const DisruptionBudgets& budgets,
                              sim::Random& random) {
  PreemptionPlan plan;
  plan.message = WhyNotEligible(pod, cache, decision, nominated_node);
  if (!plan.message.empty()) return plan;

  std::vector<const SchedulerNode*> potential;
  for (const NodeRefusal& refusal : decision.refusals) {
    if (refusal.status.code != FilterCode::kUnschedulable) continue;
    if (const SchedulerNode* node = cache.FindNode(refusal.node)) potential.push_back(node);
  }
  std::vector<Candidate> candidates;
  std::map<std::string, std::size_t> reasons;
  std::size_t judged_count = 0;
  if (!potential.empty()) {
    const std::size_t wanted =
        std::max(potential.size() * kCandidatesPercent / 100, kCandidatesMin);
    const auto offset = static_cast<std::size_t>(
        random.Uniform(0, static_cast<std::int64_t>(potential.size()) - 1));
    for (std::size_t index = 0; index < potential.size() && candidates.size() < wanted; ++index) {
      Candidate candidate;
      const FilterStatus status = SelectVictims(
          cycle, pod, *potential[(offset + index) % potential.size()], budgets, candidate);
      if (status.is_success() && !candidate.victims.empty()) {
        candidates.push_back(std::move(candidate));
      } else if (!status.is_success()) {
        ++judged_count;
        for (const std::string& reason : status.reasons) ++reasons[reason];
      }
    }
  }
  if (candidates.empty()) {
    if (decision.nodes_count > judged_count) {
      reasons["Preemption is not helpful for scheduling"] += decision.nodes_count - judged_count;
    }
    plan.message = FitErrorText(decision.nodes_count, reasons);
    plan.clears_nomination = true;
    return plan;
  }
  const Candidate& best = Best(candidates);
  plan.node = best.node;
  plan.victims = best.victims;
  return plan;
}

}  // namespace controllers
