// The scheduler's plug-ins, one file each, and the default profile in upstream's order.
//
// Source of order and weights: pkg/scheduler/apis/config/v1/default_plugins.go.
#pragma once

#include <memory>
#include <vector>

#include "controllers/scheduler/plugin.h"

namespace controllers {

std::unique_ptr<SchedulerPlugin> MakeNodeUnschedulable();
std::unique_ptr<SchedulerPlugin> MakeNodeName();
std::unique_ptr<SchedulerPlugin> MakeTaintToleration();
std::unique_ptr<SchedulerPlugin> MakeNodeAffinity();
std::unique_ptr<SchedulerPlugin> MakeNodePorts();
std::unique_ptr<SchedulerPlugin> MakeNodeResourcesFit();
std::unique_ptr<SchedulerPlugin> MakePodTopologySpread();
std::unique_ptr<SchedulerPlugin> MakeInterPodAffinity();
std::unique_ptr<SchedulerPlugin> MakeNodeResourcesBalancedAllocation();
std::unique_ptr<SchedulerPlugin> MakeImageLocality();

using SchedulerPlugins = std::vector<std::unique_ptr<SchedulerPlugin>>;
SchedulerPlugins DefaultSchedulerPlugins();

}  // namespace controllers
