#include "controllers/scheduler/workload_selectors.h"

#include <algorithm>

namespace controllers {

void WorkloadSelectors::SetService(const apiserver::ObjectKey& key,
                                   apiserver::LabelSelector selector) {
  if (selector.is_empty()) {
    RemoveService(key);
  } else {
    services_[key.namespace_][key.name] = std::move(selector);
  }
}

void WorkloadSelectors::RemoveService(const apiserver::ObjectKey& key) {
  const auto found = services_.find(key.namespace_);
  if (found == services_.end()) return;
  found->second.erase(key.name);
  if (found->second.empty()) services_.erase(found);
}

void WorkloadSelectors::SetOwner(const std::string& kind, const apiserver::ObjectKey& key,
                                 apiserver::LabelSelector selector) {
  owners_[{kind, key}] = std::move(selector);
}

void WorkloadSelectors::RemoveOwner(const std::string& kind, const apiserver::ObjectKey& key) {
  owners_.erase({kind, key});
}

std::optional<apiserver::LabelSelector> WorkloadSelectors::DefaultSelector(
    const SchedulerPod& pod) const {
  apiserver::LabelSelector joined;
  const auto join = [&joined](const apiserver::LabelSelector& selector) {
    for (const apiserver::LabelRequirement& requirement : selector.requirements()) {
      const auto& have = joined.requirements();
      if (std::find(have.begin(), have.end(), requirement) == have.end()) joined.Add(requirement);
    }
  };
  if (const auto services = services_.find(pod.key.namespace_); services != services_.end()) {
    for (const auto& [name, selector] : services->second) {
      if (selector.Matches(pod.labels)) join(selector);
    }
  }
  if (pod.controller) {
    const auto owner =
        owners_.find({pod.controller->kind, {pod.key.namespace_, pod.controller->name}});
    if (owner != owners_.end()) join(owner->second);
  }
  if (joined.is_empty()) return std::nullopt;
  return joined;
}

}  // namespace controllers
