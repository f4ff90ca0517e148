// The scheduling framework's extension points, as pure functions of a pod, a node and the cache.
//
// Invariants:
// (1) Plug-ins hold no state: what PreFilter or PreScore finds out lies in a PluginState of that
// one decision. (2) A filter's refusal has at least one reason, in upstream's words. (3) Scores
// after Normalize are 0..kNodeScoreMax.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/scheduler/cache.h"

namespace controllers {

constexpr std::int64_t kNodeScoreMax = 100;

enum class FilterCode : std::uint8_t {
  kSuccess,
  kUnschedulable,  // deleting pods might help
  kUnresolvable,   // nothing that preemption does would help
};

struct FilterStatus {
  FilterCode code = FilterCode::kSuccess;
  std::vector<std::string> reasons;
  bool is_success() const { return code == FilterCode::kSuccess; }
  static FilterStatus Unschedulable(std::string reason) {
    return {FilterCode::kUnschedulable, {std::move(reason)}};
  }
  static FilterStatus Unresolvable(std::string reason) {
    return {FilterCode::kUnresolvable, {std::move(reason)}};
  }
};

class PluginState {
 public:
  virtual ~PluginState() = default;
  virtual std::unique_ptr<PluginState> Clone() const = 0;
};

struct PreFilterResult {
  FilterStatus status;                         // a refusal is one for all nodes
  bool is_skipped = false;                     // Filter need not be asked
  std::optional<std::set<std::string>> nodes;  // only these can do
  std::unique_ptr<PluginState> state;
};

struct PreScoreResult {
  bool is_skipped = false;
  std::unique_ptr<PluginState> state;
};

// What happened in the cluster, for the question whether a pod that was refused should be tried
// again.
struct ClusterEvent {
  enum class Kind : std::uint8_t {
    kNodeAdded,
    kNodeChanged,
    kNodeRemoved,
    kPodAdded,
    kPodChanged,
    kPodRemoved
  };
  Kind kind = Kind::kNodeAdded;
  const SchedulerNode* node = nullptr;  // of the first two kinds
  const SchedulerPod* pod = nullptr;    // of the last three: a pod on a node, its last known state
  const SchedulerPod* old_pod = nullptr;  // of kPodChanged
};

class SchedulerPlugin {
 public:
  virtual ~SchedulerPlugin() = default;
  virtual std::string_view name() const = 0;

  virtual PreFilterResult PreFilter(const SchedulerPod&, const SchedulerCache&) const { return {}; }
  virtual FilterStatus Filter(const PluginState*, const SchedulerPod&, const SchedulerNode&) const {
    return {};
  }
  // Preemption and nominations ask: what if `other` were on (or gone from) `node`?
  virtual void AddPod(PluginState&, const SchedulerPod&, const SchedulerPod&,
                      const SchedulerNode&) const {}
  virtual void RemovePod(PluginState&, const SchedulerPod&, const SchedulerPod&,
                         const SchedulerNode&) const {}

  // 0: does not score.
  virtual std::int64_t weight() const { return 0; }
  virtual PreScoreResult PreScore(const SchedulerPod&, const SchedulerCache&,
                                  std::span<const SchedulerNode* const>) const {
    return {};
  }
  virtual std::int64_t Score(const PluginState*, const SchedulerPod&, const SchedulerNode&) const {
    return 0;
  }
  virtual void Normalize(const PluginState*, std::span<const SchedulerNode* const>,
                         std::vector<std::int64_t>&) const {}

  // The queueing hint: whether `event` may make room for a pod that this plug-in refused.
  virtual bool MayHelp(const SchedulerPod&, const ClusterEvent&, const SchedulerCache&) const {
    return true;
  }
};

// Scales scores so that the highest becomes kNodeScoreMax; `reversed` turns them around.
enum class ScoreOrder : std::uint8_t { kHighIsGood, kLowIsGood };
void NormalizeByMax(std::vector<std::int64_t>& scores, ScoreOrder order);

}  // namespace controllers
