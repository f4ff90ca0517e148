#include "controllers/replicaset/replica_plan.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace controllers {
namespace {

// Ages are compared by their order of magnitude, so that a set does not lose all its youngest pods
// of one zone.
int Magnitude(std::optional<sim::Time> since, sim::Time now) {
  if (!since || *since >= now) return -1;
  const auto age = static_cast<std::uint64_t>((now - *since).count());
  return std::bit_width(age) - 1;
}

int PhaseRank(PodPhase phase) {
  switch (phase) {
    case PodPhase::kPending:
      return 0;
    case PodPhase::kUnknown:
      return 1;
    case PodPhase::kRunning:
    case PodPhase::kSucceeded:
    case PodPhase::kFailed:
      return 2;
  }
  return 2;
}

struct Candidate {
  // Smaller goes first.
  std::tuple<bool, int, bool, std::int64_t, int> first;
  int ready_magnitude = 0;
  int restarts = 0;
  int age_magnitude = 0;
  bool is_ready = false;
  std::optional<sim::Time> ready_since;
  sim::Time created{};
  PodPtr pod;

  bool operator<(const Candidate& other) const {
    if (first != other.first) return first < other.first;
    const std::string& uid = pod->meta().uid;
    const std::string& other_uid = other.pod->meta().uid;
    if (is_ready && ready_since != other.ready_since) {
      return std::tie(ready_magnitude, uid) < std::tie(other.ready_magnitude, other_uid);
    }
    if (restarts != other.restarts) return restarts > other.restarts;
    if (created != other.created) {
      return std::tie(age_magnitude, uid) < std::tie(other.age_magnitude, other_uid);
    }
    return uid < other_uid;
  }
};

Candidate Rank(const PodPtr& pod, const PodsPerNode& related, sim::Time now) {
  const PodSummary& summary = pod->summary;
  const auto crowd = related.find(summary.node_name);
  Candidate candidate;
  candidate.first = {!summary.node_name.empty(), PhaseRank(summary.phase), summary.is_ready,
                     summary.deletion_cost, crowd == related.end() ? 0 : -crowd->second};
  candidate.ready_magnitude = Magnitude(summary.ready_since, now);
  candidate.restarts = summary.restart_count_max;
  candidate.age_magnitude = Magnitude(summary.created, now);
  candidate.is_ready = summary.is_ready;
  candidate.ready_since = summary.ready_since;
  candidate.created = summary.created;
  candidate.pod = pod;
  return candidate;
}

}  // namespace

ReplicaPlan PlanReplicas(int desired_count, std::span<const PodPtr> active,
                         const PodsPerNode& related, sim::Time now) {
  ReplicaPlan plan;
  // Validation refuses negative counts; an object of an older data file may still have one.
  desired_count = std::max(desired_count, 0);
  const int surplus = static_cast<int>(active.size()) - desired_count;
  if (surplus < 0) {
    plan.create_count = std::min(-surplus, kReplicaBurstMax);
    return plan;
  }
  const int delete_count = std::min(surplus, kReplicaBurstMax);
  if (delete_count == 0) return plan;
  if (desired_count == 0 && surplus == delete_count) {
    plan.deletions.assign(active.begin(), active.end());  // All go: no ranking is needed.
    return plan;
  }
  std::vector<Candidate> candidates;
  candidates.reserve(active.size());
  for (const PodPtr& pod : active) candidates.push_back(Rank(pod, related, now));
  std::sort(candidates.begin(), candidates.end());
  for (int i = 0; i < delete_count; ++i) {
    plan.deletions.push_back(std::move(candidates[static_cast<std::size_t>(i)].pod));
  }
  return plan;
}

bool IsPodActive(const PodInformer::Entry& pod) {
  return !pod.summary.is_finished() && !pod.meta().is_deleting();
}

bool IsPodTerminating(const PodInformer::Entry& pod) {
  return !pod.summary.is_finished() && pod.meta().is_deleting();
}

bool IsPodAvailable(const PodSummary& pod, int min_ready_seconds, sim::Time now) {
  if (!pod.is_ready) return false;
  if (min_ready_seconds == 0) return true;
  return pod.ready_since && *pod.ready_since + std::chrono::seconds(min_ready_seconds) <= now;
}

}  // namespace controllers
