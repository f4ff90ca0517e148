#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

using apiserver::ResourceAmounts;

// What is asked, of what there is in all, and what of it is taken.
struct Demand {
  std::int64_t asked = 0;
  std::int64_t taken = 0;
  std::int64_t allocatable = 0;
  bool is_unmet() const { return asked > 0 && asked > allocatable - taken; }
  bool can_never_be_met() const { return asked > allocatable; }
};

void Judge(const Demand& demand, std::string_view resource, FilterStatus& status) {
  if (!demand.is_unmet()) return;
  if (status.is_success()) status.code = FilterCode::kUnschedulable;
  if (demand.can_never_be_met()) status.code = FilterCode::kUnresolvable;
  status.reasons.push_back("Insufficient " + std::string(resource));
}

FilterStatus Fit(const ResourceAmounts& asked, const SchedulerNode& node) {
  FilterStatus status;
  const ResourceAmounts& all = node.facts.allocatable;
  const ResourceAmounts& taken = node.requested;
  if (static_cast<std::int64_t>(node.pods.size()) + 1 > all.pods_count) {
    status = FilterStatus::Unschedulable("Too many pods");
  }
  Judge({asked.cpu_millicores, taken.cpu_millicores, all.cpu_millicores}, "cpu", status);
  Judge({asked.memory_bytes, taken.memory_bytes, all.memory_bytes}, "memory", status);
  Judge({asked.ephemeral_storage_bytes, taken.ephemeral_storage_bytes, all.ephemeral_storage_bytes},
        "ephemeral-storage", status);
  for (const auto& [resource, amount] : asked.others) {
    Judge({amount, taken.Other(resource), all.Other(resource)}, resource, status);
  }
  return status;
}

// What upstream calls least allocated: the share that stays free, 0..kNodeScoreMax.
std::int64_t FreeShare(std::int64_t taken, std::int64_t allocatable) {
  if (taken > allocatable) return 0;
  return (allocatable - taken) * kNodeScoreMax / allocatable;
}

// A pod fits where its requests do; of the nodes where it fits, emptier ones score higher.
class NodeResourcesFit final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodeResourcesFit"; }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    return Fit(pod.requests, node);
  }

  std::int64_t weight() const override { return 1; }

  std::int64_t Score(const PluginState*, const SchedulerPod& pod,
                     const SchedulerNode& node) const override {
    const ResourceAmounts& all = node.facts.allocatable;
    std::int64_t sum = 0;
    std::int64_t resources_count = 0;
    if (all.cpu_millicores > 0) {
      sum +=
          FreeShare(node.non_zero_requested.cpu_millicores + pod.non_zero_requests.cpu_millicores,
                    all.cpu_millicores);
      ++resources_count;
    }
    if (all.memory_bytes > 0) {
      sum += FreeShare(node.non_zero_requested.memory_bytes + pod.non_zero_requests.memory_bytes,
                       all.memory_bytes);
      ++resources_count;
    }
    return resources_count > 0 ? sum / resources_count : 0;
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    switch (event.kind) {
      case ClusterEvent::Kind::kNodeAdded:
      case ClusterEvent::Kind::kNodeChanged:
        return Fit(pod.requests, *event.node).is_success();
      case ClusterEvent::Kind::kPodRemoved:
        return true;
      case ClusterEvent::Kind::kPodChanged:
        return event.old_pod != nullptr && event.old_pod->requests != event.pod->requests;
      case ClusterEvent::Kind::kNodeRemoved:
      case ClusterEvent::Kind::kPodAdded:
        return false;
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodeResourcesFit() {
  return std::make_unique<NodeResourcesFit>();
}

}  // namespace controllers
