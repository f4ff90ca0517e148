#include <algorithm>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

// Cordoned nodes take only pods that tolerate the taint of cordoned nodes.
class NodeUnschedulable final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodeUnschedulable"; }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    if (!node.facts.is_unschedulable || Tolerates(pod)) return {};
    return FilterStatus::Unresolvable("node(s) were unschedulable");
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    return event.node != nullptr && (!event.node->facts.is_unschedulable || Tolerates(pod));
  }

 private:
  static bool Tolerates(const SchedulerPod& pod) {
    const apiserver::Taint taint{"node.kubernetes.io/unschedulable", "",
                                 apiserver::TaintEffect::kNoSchedule};
    return std::any_of(
        pod.tolerations.begin(), pod.tolerations.end(),
        [&](const apiserver::Toleration& toleration) { return toleration.Tolerates(taint); });
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodeUnschedulable() {
  return std::make_unique<NodeUnschedulable>();
}

}  // namespace controllers
