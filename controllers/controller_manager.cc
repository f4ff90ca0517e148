#include "controllers/controller_manager.h"

#include <algorithm>

#include "controllers/cluster_role/aggregation_controller.h"
#include "controllers/daemonset/daemonset_controller.h"
#include "controllers/deployment/deployment_controller.h"
#include "controllers/disruption/disruption_controller.h"
#include "controllers/endpoint_slice/service_controller.h"
#include "controllers/framework/controller.h"
#include "controllers/garbage_collector/garbage_collector.h"
#include "controllers/job/job_controller.h"
#include "controllers/job/ttl_controller.h"
#include "controllers/namespace/namespace_controller.h"
#include "controllers/node_lifecycle/node_lifecycle_controller.h"
#include "controllers/node_lifecycle/taint_eviction.h"
#include "controllers/replicaset/replicaset_controller.h"
#include "controllers/service_account/namespace_defaults.h"
#include "controllers/statefulset/statefulset_controller.h"

namespace controllers {
namespace {

using Maker = std::unique_ptr<Controller> (*)(const ControllerContext&,
                                              const ControllerManagerOptions&);

template <class T>
std::unique_ptr<Controller> Make(const ControllerContext& context,
                                 const ControllerManagerOptions&) {
  return std::make_unique<T>(context);
}

struct NamedMaker {
  std::string_view name;
  Maker make;
};

constexpr NamedMaker kMakers[] = {
    {"serviceaccount-controller", Make<ServiceAccountController>},
    {"root-ca-certificate-publisher-controller",
     [](const ControllerContext& context,
        const ControllerManagerOptions& options) -> std::unique_ptr<Controller> {
       return std::make_unique<RootCaPublisher>(context, options.root_ca_pem);
     }},
    {"deployment-controller", Make<DeploymentController>},
    {"replicaset-controller",
     [](const ControllerContext& context,
        const ControllerManagerOptions&) -> std::unique_ptr<Controller> {
       return std::make_unique<ReplicaSetController>(context, ReplicaSetFlavor());
     }},
    {"replicationcontroller-controller",
     [](const ControllerContext& context,
        const ControllerManagerOptions&) -> std::unique_ptr<Controller> {
       return std::make_unique<ReplicaSetController>(context, ReplicationControllerFlavor());
     }},
    {"daemonset-controller", Make<DaemonSetController>},
    {"statefulset-controller", Make<StatefulSetController>},
    {"job-controller", Make<JobController>},
    {"ttl-after-finished-controller", Make<TtlAfterFinishedController>},
    {"endpointslice-controller", Make<EndpointSliceController>},
    {"endpoints-controller", Make<EndpointsController>},
    {"endpointslice-mirroring-controller", Make<EndpointSliceMirroringController>},
    {"node-lifecycle-controller", Make<NodeLifecycleController>},
    {"taint-eviction-controller", Make<TaintEvictionController>},
    {"ttl-controller", Make<NodeTtlController>},
    {"disruption-controller", Make<DisruptionController>},
    {"clusterrole-aggregation-controller", Make<ClusterRoleAggregationController>},
    {"garbage-collector-controller", Make<GarbageCollector>},
    {"namespace-controller", Make<NamespaceController>},
};

// Source: kubernetes/cmd/kube-controller-manager/names/controller_names.go, 1.36.
constexpr std::string_view kUpstreamNames[] = {
    "serviceaccount-token-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "replicationcontroller-controller",
    "pod-garbage-collector-controller",
    "resourcequota-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "garbage-collector-controller",
    "daemonset-controller",
    "job-controller",
    "deployment-controller",
    "replicaset-controller",
    "horizontal-pod-autoscaler-controller",
    "disruption-controller",
    "statefulset-controller",
    "cronjob-controller",
    "certificatesigningrequest-signing-controller",
    "certificatesigningrequest-approving-controller",
    "certificatesigningrequest-cleaner-controller",
    "podcertificaterequest-cleaner-controller",
    "ttl-controller",
    "bootstrap-signer-controller",
    "token-cleaner-controller",
    "node-ipam-controller",
    "node-lifecycle-controller",
    "taint-eviction-controller",
    "device-taint-eviction-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-expander-controller",
    "clusterrole-aggregation-controller",
    "persistentvolumeclaim-protection-controller",
    "persistentvolume-protection-controller",
    "podgroup-protection-controller",
    "ttl-after-finished-controller",
    "root-ca-certificate-publisher-controller",
    "kube-apiserver-serving-clustertrustbundle-publisher-controller",
    "ephemeral-volume-controller",
    "storageversion-garbage-collector-controller",
    "resourceclaim-controller",
    "resourcepoolstatusrequest-controller",
    "legacy-serviceaccount-token-cleaner-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
    "service-cidr-controller",
    "storage-version-migrator-controller",
    "selinux-warning-controller",
};

}  // namespace

std::vector<std::string_view> ControllerNames() {
  std::vector<std::string_view> names;
  for (const NamedMaker& maker : kMakers) names.push_back(maker.name);
  return names;
}

std::vector<std::string_view> UnbuiltControllerNames() {
  const std::vector<std::string_view> built = ControllerNames();
  std::vector<std::string_view> names;
  for (const std::string_view name : kUpstreamNames) {
    if (std::find(built.begin(), built.end(), name) == built.end()) names.push_back(name);
  }
  return names;
}

bool IsControllerEnabled(std::string_view name, const std::vector<std::string>& list) {
  bool has_star = false;
  for (const std::string& entry : list) {
    if (entry == name) return true;
    if (entry == "-" + std::string(name)) return false;
    has_star |= entry == "*";
  }
  return has_star;
}

sim::Result<void> CheckControllerList(const std::vector<std::string>& list,
                                      const std::vector<std::string_view>& others) {
  std::vector<std::string_view> known = ControllerNames();
  known.insert(known.end(), others.begin(), others.end());
  const std::vector<std::string_view> unbuilt = UnbuiltControllerNames();
  const auto holds = [](const std::vector<std::string_view>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& entry : list) {
    const bool is_off = entry.starts_with("-");
    const std::string_view name = is_off ? std::string_view(entry).substr(1) : entry;
    if (entry == "*" || holds(known, name)) continue;
    if (!holds(unbuilt, name)) {
      return sim::Error{"\"" + std::string(name) + "\" is not in the list of known controllers"};
    }
    if (is_off) continue;
    return sim::Error{"the controller \"" + std::string(name) +
                      "\" is not built yet: it can only be switched off, as -" + std::string(name)};
  }
  return {};
}

ControllerManager::ControllerManager(sim::Kernel& kernel, apiserver::RequestHandler& handler,
                                     apiserver::Store& store, apiserver::WatchHub& hub,
                                     ControllerManagerOptions options)
    : informers_(std::make_unique<Informers>(hub)),
      all_objects_(std::make_unique<AllObjects>(store, hub)) {
  const ControllerContext context{kernel, handler, store, hub, *informers_, *all_objects_};
  for (const NamedMaker& maker : kMakers) {
    if (!IsControllerEnabled(maker.name, options.controllers)) continue;
    controllers_.push_back(maker.make(context, options));
  }
  // The first turn of every watch comes before the first turn of any queue (sim::Lane): caches are
  // full by then.
  all_objects_->Start();
  for (const auto& controller : controllers_) controller->Start();
}

ControllerManager::~ControllerManager() {
  controllers_.clear();
  all_objects_.reset();
}

}  // namespace controllers
