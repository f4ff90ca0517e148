// One pod's PreFilter outcome and the filters run on nodes with it.
//
// Invariant: the states belong to one pod and one moment of the cache.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controllers/scheduler/decision.h"
#include "controllers/scheduler/nominations.h"
#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {

class FilterCycle {
 public:
  FilterCycle(const SchedulerPlugins& plugins, const SchedulerPod& pod, const SchedulerCache& cache,
              const Nominations& nominations);
  FilterCycle Clone() const;

  // A PreFilter refused: no node can do.
  const FilterStatus& refusal() const { return refusal_; }
  std::string_view refusing_plugin() const { return refusing_plugin_; }
  // The nodes that PreFilters left, with the plug-ins that left them; nullopt: all.
  const std::optional<std::set<std::string>>& node_names() const { return node_names_; }
  const std::vector<std::string>& narrowing_plugins() const { return narrowing_plugins_; }

  // Runs the filters, with the pods nominated to the node assumed there and without them. `plugin`
  // names the refusing one.
  FilterStatus Filter(const SchedulerNode& node, std::string_view* plugin) const;

  void AddPod(const SchedulerPod& other, const SchedulerNode& node);
  void RemovePod(const SchedulerPod& other, const SchedulerNode& node);

 private:
  FilterCycle(const FilterCycle& other, std::vector<std::unique_ptr<PluginState>> states);
  FilterStatus FilterAlone(const SchedulerNode& node, std::string_view* plugin) const;

  const SchedulerPlugins& plugins_;
  const SchedulerPod& pod_;
  const Nominations& nominations_;
  std::vector<std::unique_ptr<PluginState>> states_;  // by plug-in; may be null
  std::vector<bool> is_skipped_;                      // by plug-in
  FilterStatus refusal_;
  std::string_view refusing_plugin_;
  std::optional<std::set<std::string>> node_names_;
  std::vector<std::string> narrowing_plugins_;
};

}  // namespace controllers
