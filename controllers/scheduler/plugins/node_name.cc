#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

// A pod that names its node goes nowhere else. (Such pods pass the scheduler by; the rule serves
// preemption.)
class NodeName final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodeName"; }

  PreFilterResult PreFilter(const SchedulerPod& pod, const SchedulerCache&) const override {
    PreFilterResult result;
    result.is_skipped = pod.node_name.empty();
    return result;
  }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    if (pod.node_name.empty() || pod.node_name == node.name()) return {};
    return FilterStatus::Unresolvable("node(s) didn't match the requested node name");
  }

  bool MayHelp(const SchedulerPod&, const ClusterEvent& event,
               const SchedulerCache&) const override {
    return event.kind == ClusterEvent::Kind::kNodeAdded;
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodeName() { return std::make_unique<NodeName>(); }

}  // namespace controllers
