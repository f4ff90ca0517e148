#include <algorithm>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

using apiserver::TaintEffect;

// Taints that are not tolerated keep pods away; those that merely prefer it count against a node.
class TaintToleration final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "TaintToleration"; }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    return IsTolerated(pod, node) ? FilterStatus()
                                  : FilterStatus::Unresolvable("node(s) had untolerated taint(s)");
  }

  std::int64_t weight() const override { return 3; }

  std::int64_t Score(const PluginState*, const SchedulerPod& pod,
                     const SchedulerNode& node) const override {
    std::int64_t intolerable_count = 0;
    for (const apiserver::Taint& taint : node.facts.taints) {
      if (taint.effect != TaintEffect::kPreferNoSchedule) continue;
      const bool is_tolerated = std::any_of(
          pod.tolerations.begin(), pod.tolerations.end(),
          [&](const apiserver::Toleration& toleration) {
            return (!toleration.effect || *toleration.effect == TaintEffect::kPreferNoSchedule) &&
                   toleration.Tolerates(taint);
          });
      if (!is_tolerated) ++intolerable_count;
    }
    return intolerable_count;
  }

  void Normalize(const PluginState*, std::span<const SchedulerNode* const>,
                 std::vector<std::int64_t>& scores) const override {
    NormalizeByMax(scores, ScoreOrder::kLowIsGood);
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    return event.node != nullptr && IsTolerated(pod, *event.node);
  }

 private:
  static bool IsTolerated(const SchedulerPod& pod, const SchedulerNode& node) {
    return apiserver::FindUntolerated(node.facts.taints, pod.tolerations,
                                      {TaintEffect::kNoSchedule, TaintEffect::kNoExecute}) ==
           nullptr;
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeTaintToleration() {
  return std::make_unique<TaintToleration>();
}

}  // namespace controllers
