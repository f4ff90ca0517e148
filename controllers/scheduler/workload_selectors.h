// Which pods belong together by default: the selectors of Services and of a pod's owner, by which
// upstream spreads pods that declare no constraint.
//
// Source: pkg/scheduler/framework/plugins/helper/spread.go (DefaultSelector).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "controllers/scheduler/pod_info.h"

namespace controllers {

class WorkloadSelectors {
 public:
  // `selector` is a Service's map of labels; an empty one selects nothing.
  void SetService(const apiserver::ObjectKey& key, apiserver::LabelSelector selector);
  void RemoveService(const apiserver::ObjectKey& key);
  // `kind` is "ReplicaSet", "ReplicationController" or "StatefulSet".
  void SetOwner(const std::string& kind, const apiserver::ObjectKey& key,
                apiserver::LabelSelector selector);
  void RemoveOwner(const std::string& kind, const apiserver::ObjectKey& key);

  // The requirements of all that select `pod`, joined, or nullopt when nothing does.
  std::optional<apiserver::LabelSelector> DefaultSelector(const SchedulerPod& pod) const;

 private:
  std::map<std::string, std::map<std::string, apiserver::LabelSelector>>
      services_;  // by namespace, name
  std::map<std::pair<std::string, apiserver::ObjectKey>, apiserver::LabelSelector> owners_;
};

}  // namespace controllers
