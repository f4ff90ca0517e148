#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {

SchedulerPlugins DefaultSchedulerPlugins() {
  SchedulerPlugins plugins;
  plugins.push_back(MakeNodeUnschedulable());
  plugins.push_back(MakeNodeName());
  plugins.push_back(MakeTaintToleration());
  plugins.push_back(MakeNodeAffinity());
  plugins.push_back(MakeNodePorts());
  plugins.push_back(MakeNodeResourcesFit());
  plugins.push_back(MakePodTopologySpread());
  plugins.push_back(MakeInterPodAffinity());
  plugins.push_back(MakeNodeResourcesBalancedAllocation());
  plugins.push_back(MakeImageLocality());
  return plugins;
}

void NormalizeByMax(std::vector<std::int64_t>& scores, ScoreOrder order) {
  std::int64_t highest = 0;
  for (const std::int64_t score : scores) highest = std::max(highest, score);
  for (std::int64_t& score : scores) {
    if (highest > 0) score = kNodeScoreMax * score / highest;
    if (order == ScoreOrder::kLowIsGood) score = kNodeScoreMax - score;
  }
}

}  // namespace controllers
