#include "controllers/endpoint_slice/service_controller.h"

#include "controllers/framework/ownership.h"

namespace controllers {
namespace {

using apiserver::Find;
using apiserver::FindPath;
using apiserver::TextAt;

const GroupVersionKind kServiceKind{"", "v1", "Service"};
const GroupVersionKind kEndpointsKind{"", "v1", "Endpoints"};

// What endpoints show of a pod.
bool IsSameForService(const PodInformer::Entry& a, const PodInformer::Entry& b) {
  return a.summary.phase == b.summary.phase && a.summary.is_ready == b.summary.is_ready &&
         a.summary.node_name == b.summary.node_name && a.summary.pod_ip == b.summary.pod_ip &&
         a.meta().is_deleting() == b.meta().is_deleting() && a.meta().labels == b.meta().labels;
}

}  // namespace

ServiceFollower::ServiceFollower(const ControllerContext& context, Identity identity)
    : Controller(context, std::move(identity)),
      services_(informers().plain(kServices)),
      pods_(informers().pods()),
      nodes_(informers().nodes()) {
  services_.AddHandler([this](const PlainPtr& old_service, const PlainPtr& new_service) {
    OnService(old_service, new_service);
  });
  pods_.AddHandler(
      [this](const PodPtr& old_pod, const PodPtr& new_pod) { OnPod(old_pod, new_pod); });
}

bool ServiceFollower::IsSelecting(const Value& service) {
  const Value* selector = FindPath(service, {"spec", "selector"});
  return selector != nullptr && selector->is_object() && !selector->get_object().empty() &&
         TextAt(service, {"spec", "type"}) != "ExternalName";
}

void ServiceFollower::OnService(const PlainPtr& old_service, const PlainPtr& new_service) {
  const ObjectKey key = (new_service ? new_service : old_service)->meta().key();
  selectors_.erase(key);
  if (new_service) {
    const std::shared_ptr<const Value> value = new_service->object->Peek();
    if (IsSelecting(*value)) {
      selectors_[key] = apiserver::LabelSelector::FromMap(FindPath(*value, {"spec", "selector"}));
    }
  }
  Enqueue(key);
}

void ServiceFollower::OnPod(const PodPtr& old_pod, const PodPtr& new_pod) {
  if (old_pod && new_pod && IsSameForService(*old_pod, *new_pod)) return;
  const std::string& namespace_ = (new_pod ? new_pod : old_pod)->meta().namespace_;
  for (auto at = selectors_.lower_bound(ObjectKey{namespace_, ""});
       at != selectors_.end() && at->first.namespace_ == namespace_; ++at) {
    const bool concerns = (old_pod && at->second.Matches(old_pod->meta().labels)) ||
                          (new_pod && at->second.Matches(new_pod->meta().labels));
    if (concerns) Enqueue(at->first);
  }
}

std::vector<PodPtr> ServiceFollower::PodsOf(const Value& service,
                                            const std::string& namespace_) const {
  const auto selector = apiserver::LabelSelector::FromMap(FindPath(service, {"spec", "selector"}));
  std::vector<PodPtr> pods = pods_.ByIndex("namespace", namespace_);
  std::erase_if(pods, [&](const PodPtr& pod) { return !selector.Matches(pod->meta().labels); });
  return pods;
}

ZoneOfNode ServiceFollower::Zones() const {
  return [this](const std::string& name) -> std::optional<std::string> {
    const auto node = nodes_.Find({"", name});
    if (!node) return {};
    const std::string* zone = node->meta().Label("topology.kubernetes.io/zone");
    return zone == nullptr ? "" : *zone;
  };
}

std::vector<ObjectPtr> SlicesOf(const apiserver::Client& client, const ObjectKey& service,
                                std::string_view manager) {
  std::vector<ObjectPtr> slices = client.LiveList(kEndpointSlices, service.namespace_);
  std::erase_if(slices, [&](const ObjectPtr& slice) {
    const std::string* name = slice->meta().Label("kubernetes.io/service-name");
    const std::string* by = slice->meta().Label("endpointslice.kubernetes.io/managed-by");
    return name == nullptr || *name != service.name || by == nullptr || *by != manager ||
           slice->meta().is_deleting();
  });
  return slices;
}

sim::Task<Outcome> ApplySlices(apiserver::Client* client, SlicePlan plan) {
  for (Value& slice : plan.creations) {
    const std::string namespace_(TextAt(slice, {"metadata", "namespace"}));
    const auto created = co_await client->Create(kEndpointSlices, namespace_, std::move(slice));
    if (!created.ok()) {
      if (IsNamespaceTerminating(created.error())) co_return Outcome::Done();
      co_return Outcome::Retry(created.error().message);
    }
  }
  for (Value& slice : plan.updates) {
    const auto updated = co_await client->Update(kEndpointSlices, std::move(slice));
    if (!updated.ok()) co_return Outcome::Retry(updated.error().message);
  }
  for (const ObjectKey& key : plan.deletions) {
    const auto deleted = co_await client->Delete(kEndpointSlices, key);
    if (!deleted.ok() && deleted.error().code != 404) {
      co_return Outcome::Retry(deleted.error().message);
    }
  }
  co_return Outcome::Done();
}

EndpointSliceController::EndpointSliceController(const ControllerContext& context)
    : ServiceFollower(context, {"endpointslice-controller", "endpointslice-controller.sync",
                                "endpoint-slice-controller"}) {
  // A slice that somebody deletes or changes is put right.
  informers()
      .plain(kEndpointSlices)
      .AddHandler([this](const PlainPtr& old_slice, const PlainPtr& new_slice) {
        const ObjectMeta& meta = (new_slice ? new_slice : old_slice)->meta();
        const std::string* name = meta.Label("kubernetes.io/service-name");
        const std::string* by = meta.Label("endpointslice.kubernetes.io/managed-by");
        const bool is_ours =
            name != nullptr && by != nullptr && *by == "endpointslice-controller.k8s.io";
        if (is_ours && (!new_slice || old_slice)) Enqueue({meta.namespace_, *name});
      });
}

sim::Task<Outcome> EndpointSliceController::Reconcile(ObjectKey key) {
  const PlainPtr service = services_.Find(key);
  if (!service) {
    trigger_times_.Forget(key);
    co_return Outcome::Done();  // Its slices go with it, by the garbage collector.
  }
  const std::shared_ptr<const Value> value = service->object->Peek();
  if (!IsSelecting(*value) || service->meta().is_deleting()) co_return Outcome::Done();
  const std::vector<PodPtr> pods = PodsOf(*value, key.namespace_);
  SliceFrame frame;
  frame.prefix = key.name + "-";
  frame.namespace_ = key.namespace_;
  frame.labels = SliceLabels(service->meta(), IsHeadless(*value));
  frame.owner = ControllerReference(kServiceKind, service->meta());
  frame.trigger_time = trigger_times_.Next(key, service->meta(), pods);
  SlicePlan plan = PlanSlices(frame, AddressTypesOf(*value),
                              GroupEndpoints(*value, service->meta(), pods, Zones()),
                              SlicesOf(client(), key, "endpointslice-controller.k8s.io"));
  co_return co_await ApplySlices(&client(), std::move(plan));
}

EndpointsController::EndpointsController(const ControllerContext& context)
    : ServiceFollower(context, {"endpoint-controller", "endpoints-controller.sync", ""}) {}

sim::Task<Outcome> EndpointsController::Reconcile(ObjectKey key) {
  const PlainPtr service = services_.Find(key);
  const ObjectPtr present = client().Live(kEndpoints, key);
  if (!service) {
    trigger_times_.Forget(key);
    if (!present) co_return Outcome::Done();
    const auto deleted = co_await client().Delete(kEndpoints, key);
    if (!deleted.ok() && deleted.error().code != 404) {
      co_return Outcome::Retry(deleted.error().message);
    }
    co_return Outcome::Done();
  }
  const std::shared_ptr<const Value> value = service->object->Peek();
  if (!IsSelecting(*value)) co_return Outcome::Done();
  const std::vector<PodPtr> pods = PodsOf(*value, key.namespace_);
  const Array subsets = SubsetsOf(*value, service->meta(), pods);
  const Object labels = EndpointsLabels(service->meta(), IsHeadless(*value));
  const std::string trigger_time = trigger_times_.Next(key, service->meta(), pods);
  Value endpoints;
  if (present) {
    const std::shared_ptr<const Value> old = present->Peek();
    const Value* old_subsets = Find(*old, "subsets");
    const Value* old_labels = FindPath(*old, {"metadata", "labels"});
    const bool same_subsets = old_subsets == nullptr || old_subsets->is_null()
                                  ? subsets.empty()
                                  : *old_subsets == Value(subsets);
    if (same_subsets && old_labels != nullptr && *old_labels == Value(labels)) {
      co_return Outcome::Done();
    }
    endpoints = present->Parse();
  } else {
    Object metadata;
    metadata["name"] = key.name;
    metadata["namespace"] = key.namespace_;
    Object object;
    object["apiVersion"] = "v1";
    object["kind"] = "Endpoints";
    object["metadata"] = std::move(metadata);
    endpoints = std::move(object);
  }
  Object& metadata = apiserver::EnsureObject(endpoints, "metadata");
  metadata["labels"] = labels;
  constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";
  Object& annotations = apiserver::EnsureObject(metadata, "annotations");
  annotations.erase(kTriggerTime);
  if (!trigger_time.empty()) annotations[kTriggerTime] = trigger_time;
  if (annotations.empty()) metadata.erase("annotations");
  if (subsets.empty()) {
    endpoints.get_object().erase("subsets");
  } else {
    endpoints.get_object()["subsets"] = subsets;
  }
  apiserver::ApiResult<ObjectPtr> written(present);
  if (present) {
    written = co_await client().Update(kEndpoints, std::move(endpoints));
  } else {
    written = co_await client().Create(kEndpoints, key.namespace_, std::move(endpoints));
  }
  if (!written.ok() && !IsNamespaceTerminating(written.error())) {
    co_return Outcome::Retry(written.error().message);
  }
  co_return Outcome::Done();
}

EndpointSliceMirroringController::EndpointSliceMirroringController(const ControllerContext& context)
    : Controller(context, {"endpointslicemirroring-controller",
                           "endpointslice-mirroring-controller.sync", ""}),
      endpoints_(informers().plain(kEndpoints)),
      services_(informers().plain(kServices)) {
  EnqueueChangesOf(endpoints_);
  EnqueueChangesOf(services_);
}

sim::Task<Outcome> EndpointSliceMirroringController::Reconcile(ObjectKey key) {
  const std::string_view manager = "endpointslicemirroring-controller.k8s.io";
  const PlainPtr endpoints = endpoints_.Find(key);
  const PlainPtr service = services_.Find(key);
  const std::vector<ObjectPtr> existing = SlicesOf(client(), key, manager);
  bool is_mirrored = endpoints && service;
  if (is_mirrored) {
    const std::shared_ptr<const Value> service_value = service->object->Peek();
    const Value* selector = FindPath(*service_value, {"spec", "selector"});
    is_mirrored = selector == nullptr || !selector->is_object() || selector->get_object().empty();
    const std::string* skips = endpoints->meta().Label("endpointslice.kubernetes.io/skip-mirror");
    const std::string* by = endpoints->meta().Label("endpoints.kubernetes.io/managed-by");
    if ((skips != nullptr && *skips == "true") || by != nullptr) is_mirrored = false;
  }
  SlicePlan plan;
  if (!is_mirrored) {
    for (const ObjectPtr& slice : existing) plan.deletions.push_back(slice->key());
    co_return co_await ApplySlices(&client(), std::move(plan));
  }
  const std::shared_ptr<const Value> value = endpoints->object->Peek();
  SliceFrame frame;
  frame.prefix = key.name + "-";
  frame.namespace_ = key.namespace_;
  for (const auto& [name, text] : endpoints->meta().labels) frame.labels[name] = text;
  frame.labels["endpointslice.kubernetes.io/managed-by"] = manager;
  frame.labels["kubernetes.io/service-name"] = key.name;
  frame.owner = ControllerReference(kEndpointsKind, endpoints->meta());
  plan = PlanSlices(frame, {}, MirrorEndpoints(*value), existing);
  co_return co_await ApplySlices(&client(), std::move(plan));
}

}  // namespace controllers
