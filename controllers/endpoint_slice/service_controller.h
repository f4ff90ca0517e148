// What the controllers of a Service's endpoints share: the services that a pod belongs to.
#pragma once

#include <map>

#include "controllers/endpoint_slice/service_endpoints.h"
#include "controllers/framework/controller.h"

namespace controllers {

class ServiceFollower : public Controller {
 protected:
  ServiceFollower(const ControllerContext& context, Identity identity);
  // The pods that the Service selects, ordered by key.
  std::vector<PodPtr> PodsOf(const Value& service, const std::string& namespace_) const;
  // A Service whose endpoints are made from pods.
  static bool IsSelecting(const Value& service);
  ZoneOfNode Zones() const;

  PlainInformer& services_;
  PodInformer& pods_;
  NodeInformer& nodes_;

 private:
  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);
  void OnService(const PlainPtr& old_service, const PlainPtr& new_service);

  // Selectors by service, read once per change of a service.
  std::map<ObjectKey, apiserver::LabelSelector> selectors_;
};

// endpointslice-controller.
class EndpointSliceController final : public ServiceFollower {
 public:
  explicit EndpointSliceController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  TriggerTimes trigger_times_;
};

// endpoints-controller.
class EndpointsController final : public ServiceFollower {
 public:
  explicit EndpointsController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  TriggerTimes trigger_times_;
};

// endpointslice-mirroring-controller: slices of Endpoints that people write for Services without
// selector.
class EndpointSliceMirroringController final : public Controller {
 public:
  explicit EndpointSliceMirroringController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  PlainInformer& endpoints_;
  PlainInformer& services_;
};

// Carries a plan out. Errors: the first refusal.
sim::Task<Outcome> ApplySlices(apiserver::Client* client, SlicePlan plan);
// The live slices of `service` that `manager` keeps.
std::vector<ObjectPtr> SlicesOf(const apiserver::Client& client, const ObjectKey& service,
                                std::string_view manager);

}  // namespace controllers
