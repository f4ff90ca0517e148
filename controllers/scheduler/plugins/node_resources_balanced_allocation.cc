#include <cmath>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

// Prefers nodes whose CPU and memory would be used in like shares.
class NodeResourcesBalancedAllocation final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodeResourcesBalancedAllocation"; }
  std::int64_t weight() const override { return 1; }

  PreScoreResult PreScore(const SchedulerPod& pod, const SchedulerCache&,
                          std::span<const SchedulerNode* const>) const override {
    return {pod.is_best_effort, nullptr};
  }

  std::int64_t Score(const PluginState*, const SchedulerPod& pod,
                     const SchedulerNode& node) const override {
    const auto& all = node.facts.allocatable;
    if (all.cpu_millicores == 0 || all.memory_bytes == 0) return kNodeScoreMax;
    const double cpu =
        Share(node.requested.cpu_millicores + pod.requests.cpu_millicores, all.cpu_millicores);
    const double memory =
        Share(node.requested.memory_bytes + pod.requests.memory_bytes, all.memory_bytes);
    // The standard deviation of two numbers is half their distance.
    const double deviation = std::abs(cpu - memory) / 2;
    return static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kNodeScoreMax));
  }

 private:
  static double Share(std::int64_t taken, std::int64_t allocatable) {
    return std::min(1.0, static_cast<double>(taken) / static_cast<double>(allocatable));
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodeResourcesBalancedAllocation() {
  return std::make_unique<NodeResourcesBalancedAllocation>();
}

}  // namespace controllers
