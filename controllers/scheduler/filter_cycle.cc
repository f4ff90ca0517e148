#include "controllers/scheduler/filter_cycle.h"

namespace controllers {

FilterCycle::FilterCycle(const SchedulerPlugins& plugins, const SchedulerPod& pod,
                         const SchedulerCache& cache, const Nominations& nominations)
    : plugins_(plugins), pod_(pod), nominations_(nominations) {
  for (const auto& plugin : plugins_) {
    PreFilterResult result = plugin->PreFilter(pod, cache);
    states_.push_back(std::move(result.state));
    is_skipped_.push_back(result.is_skipped);
    if (!result.status.is_success()) {
      refusal_ = std::move(result.status);
      refusing_plugin_ = plugin->name();
      return;
    }
    if (!result.nodes) continue;
    narrowing_plugins_.emplace_back(plugin->name());
    if (!node_names_) {
      node_names_ = std::move(result.nodes);
    } else {
      std::erase_if(*node_names_,
                    [&](const std::string& name) { return !result.nodes->contains(name); });
    }
  }
}

FilterCycle::FilterCycle(const FilterCycle& other, std::vector<std::unique_ptr<PluginState>> states)
    : plugins_(other.plugins_),
      pod_(other.pod_),
      nominations_(other.nominations_),
      states_(std::move(states)),
      is_skipped_(other.is_skipped_) {}

FilterCycle FilterCycle::Clone() const {
  std::vector<std::unique_ptr<PluginState>> states;
  for (const auto& state : states_) states.push_back(state ? state->Clone() : nullptr);
  return FilterCycle(*this, std::move(states));
}

FilterStatus FilterCycle::FilterAlone(const SchedulerNode& node, std::string_view* plugin) const {
  for (std::size_t index = 0; index < plugins_.size(); ++index) {
    if (is_skipped_[index]) continue;
    FilterStatus status = plugins_[index]->Filter(states_[index].get(), pod_, node);
    if (status.is_success()) continue;
    if (plugin != nullptr) *plugin = plugins_[index]->name();
    return status;
  }
  return {};
}

FilterStatus FilterCycle::Filter(const SchedulerNode& node, std::string_view* plugin) const {
  if (!nominations_.empty()) {
    const auto rivals = nominations_.RivalsOf(pod_, node.name());
    if (!rivals.empty()) {
      SchedulerNode crowded = node;
      FilterCycle with_rivals = Clone();
      for (const SchedulerPodPtr& rival : rivals) {
        crowded.AddPod(rival);
        with_rivals.AddPod(*rival, crowded);
      }
      FilterStatus status = with_rivals.FilterAlone(crowded, plugin);
      if (!status.is_success()) return status;
    }
  }
  return FilterAlone(node, plugin);
}

void FilterCycle::AddPod(const SchedulerPod& other, const SchedulerNode& node) {
  for (std::size_t index = 0; index < plugins_.size(); ++index) {
    if (states_[index]) plugins_[index]->AddPod(*states_[index], pod_, other, node);
  }
}

void FilterCycle::RemovePod(const SchedulerPod& other, const SchedulerNode& node) {
  for (std::size_t index = 0; index < plugins_.size(); ++index) {
    if (states_[index]) plugins_[index]->RemovePod(*states_[index], pod_, other, node);
  }
}

}  // namespace controllers
