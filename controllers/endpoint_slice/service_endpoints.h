// The endpoints of a Service as its pods make them.
//
// Source of the rules: k8s.io/endpointslice/utils.go and k8s.io/kubernetes/pkg/controller/endpoint.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "controllers/endpoint_slice/slice_plan.h"
#include "controllers/framework/summaries.h"

namespace controllers {

// A node's zone, or nullopt when there is no such node; "" is a node without zone.
using ZoneOfNode = std::function<std::optional<std::string>(const std::string& node_name)>;

// "IPv4" and "IPv6", as the Service has them.
std::vector<std::string> AddressTypesOf(const Value& service);
bool IsHeadless(const Value& service);

std::vector<EndpointGroup> GroupEndpoints(const Value& service, const ObjectMeta& meta,
                                          const std::vector<PodPtr>& pods,
                                          const ZoneOfNode& zone_of);

// spec.ports of a Service as the pod serves them, with targetPort looked up; ports it lacks are
// left out.
Array PortsOfPod(const Value& service, const Value& pod);

// Endpoints' subsets.
Array SubsetsOf(const Value& service, const ObjectMeta& meta, const std::vector<PodPtr>& pods);

// The endpoints that hand-written Endpoints mean.
std::vector<EndpointGroup> MirrorEndpoints(const Value& endpoints);

// The labels of a Service that its slices take over, with their own.
Object SliceLabels(const ObjectMeta& service, bool is_headless);
Object EndpointsLabels(const ObjectMeta& service, bool is_headless);

// When the change happened that a write answers to: the oldest not yet answered one.
class TriggerTimes {
 public:
  // "" when nothing with a time has changed since the last call.
  std::string Next(const ObjectKey& service, const ObjectMeta& meta,
                   const std::vector<PodPtr>& pods);
  void Forget(const ObjectKey& service) { services_.erase(service); }

 private:
  struct Seen {
    std::string service_time;
    std::map<std::string, sim::Time> pods;  // by uid
  };
  std::map<ObjectKey, Seen> services_;
};

}  // namespace controllers
