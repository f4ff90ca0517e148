#include <algorithm>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

bool HaveConflict(const std::vector<SchedulerHostPort>& wanted,
                  const std::vector<SchedulerHostPort>& used) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const SchedulerHostPort& want) {
    return std::any_of(used.begin(), used.end(),
                       [&](const SchedulerHostPort& have) { return want.Conflicts(have); });
  });
}

// Two pods do not share a host port of one protocol and address on one node.
class NodePorts final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodePorts"; }

  PreFilterResult PreFilter(const SchedulerPod& pod, const SchedulerCache&) const override {
    PreFilterResult result;
    result.is_skipped = pod.host_ports.empty();
    return result;
  }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    if (!HaveConflict(pod.host_ports, node.used_ports)) return {};
    return FilterStatus::Unschedulable(
        "node(s) didn't have free ports for the requested pod ports");
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    if (event.kind == ClusterEvent::Kind::kPodRemoved)
      return HaveConflict(pod.host_ports, event.pod->host_ports);
    return event.kind == ClusterEvent::Kind::kNodeAdded;
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodePorts() { return std::make_unique<NodePorts>(); }

}  // namespace controllers
