#include "scenarios/cluster.h"

#include <algorithm>

#include "apiserver/bootstrap/bootstrap.h"
#include "apiserver/pipeline/request_metrics.h"
#include "apiserver/registry/allocation/service_step.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/printers/builtin_printers.h"
#include "apiserver/store/event_expiry.h"
#include "apiserver/upkeep/api_service_status.h"
#include "apiserver/upkeep/flow_schema_status.h"
#include "apiserver/upkeep/service_addresses.h"
#include "controllers/controller_manager.h"
#include "controllers/scheduler/scheduler.h"
#include "nodes/pod_logs.h"

namespace scenarios {

struct Cluster::Parts {
  Parts(sim::Kernel& kernel_of_all, ClusterOptions given)
      : kernel(kernel_of_all),
        options(std::move(given)),
        pod_logs(kernel),
        outside_calls(kernel, options.watch_latency_max),
        api(kernel,
            {.pod_logs = &pod_logs,
             .outside_caller = &outside_calls,
             .store_limits = options.store_limits,
             .watch_hub = {.latency_max = options.watch_latency_max},
             .authorization = options.authorization,
             .authenticator = options.authenticator,
             .server_address = options.server_address},
            apiserver::BuiltinStrategies(
                apiserver::MakeServiceStep(kernel.Stream("service-addresses"),
                                           {.cluster_ips = options.service_cluster_ip_range,
                                            .node_port_first = options.service_node_ports.first,
                                            .node_port_last = options.service_node_ports.second})),
            apiserver::BuiltinPrinters()),
        metrics(kernel, api.pipeline(), api.store(), api.resources()),
        documents(options.server_address) {
    apiserver::AddBuiltinAdmission(api.admission(), [this](std::string_view name) {
      const auto& disabled = options.disabled_admission;
      return std::find(disabled.begin(), disabled.end(), name) == disabled.end();
    });
    api.AddWebhookAdmission([this](std::string_view name) {
      const auto& disabled = options.disabled_admission;
      return std::find(disabled.begin(), disabled.end(), name) == disabled.end();
    });
    api.pipeline().AddDocuments(
        [this](const apiserver::Request& request) { return documents.Handle(request); });
    api.pipeline().AddDocuments(
        [this](const apiserver::Request& request) { return metrics.HandleDocument(request); });
    api.definitions().SetGroupsChanged([this](std::vector<apiserver::ServedGroup> groups) {
      documents.SetCustomGroups(std::move(groups));
    });
  }

  void StartLoops() {
    manager = std::make_unique<controllers::ControllerManager>(
        kernel, api.pipeline(), api.store(), api.watch_hub(),
        controllers::ControllerManagerOptions{.controllers = options.controllers,
                                              .root_ca_pem = options.authority_pem});
    if (controllers::IsControllerEnabled("scheduler", options.controllers)) {
      scheduler = std::make_unique<controllers::Scheduler>(
          kernel, api.pipeline(), api.store(), api.watch_hub(), controllers::SchedulerOptions());
    }
    if (controllers::IsControllerEnabled("nodes", options.controllers)) {
      nodes::NodePoolOptions pool;
      pool.behaviour = options.node_behaviour;
      node_pool = std::make_unique<nodes::NodePool>(kernel, api.pipeline(), api.store(),
                                                    api.watch_hub(), std::move(pool));
      pod_logs.SetPool(node_pool.get());
    }
  }

  sim::Kernel& kernel;
  const ClusterOptions options;
  nodes::PodLogs pod_logs;
  OutsideCalls outside_calls;
  apiserver::ApiServer api;
  apiserver::RequestMetrics metrics;
  std::unique_ptr<apiserver::FlowSchemaStatus> flow_schema_status;
  std::unique_ptr<apiserver::ApiServiceStatus> api_service_status;
  std::unique_ptr<apiserver::ServiceAddresses> service_addresses;
  apiserver::Documents documents;
  std::unique_ptr<apiserver::EventExpiry> event_expiry;
  std::unique_ptr<controllers::ControllerManager> manager;
  std::unique_ptr<controllers::Scheduler> scheduler;
  std::unique_ptr<nodes::NodePool> node_pool;
};

Cluster::Cluster(sim::Kernel& kernel, ClusterOptions options)
    : parts_(std::make_unique<Parts>(kernel, std::move(options))) {}

Cluster::~Cluster() = default;

// The address that the Endpoints of the Service `kubernetes` hold. No Endpoints may hold an address
// that means the machine itself, so a server that listens on one is said to be the gateway of their
// network.
static std::string AdvertisedAddress(const std::string& listened) {
  apiserver::Violations violations;
  apiserver::CheckEndpointIp(listened, apiserver::FieldPath("ip"), violations);
  return apiserver::IsIp(listened) && violations.empty() ? listened : "172.18.0.1";
}

// Where clients reach the server, as the Service `kubernetes` says it.
static apiserver::BootstrapOptions BootstrapOptionsOf(const ClusterOptions& given) {
  const std::size_t colon = given.server_address.rfind(':');
  apiserver::BootstrapOptions options;
  options.service_cidr = given.service_cluster_ip_range;
  options.advertise_address = AdvertisedAddress(given.server_address.substr(0, colon));
  if (colon != std::string::npos) {
    options.advertise_port = std::stoi(given.server_address.substr(colon + 1));
  }
  return options;
}

sim::Result<void> Cluster::Start() {
  auto known =
      controllers::CheckControllerList(parts_->options.controllers, {"scheduler", "nodes"});
  if (!known.ok()) return known;
  const bool is_restored = parts_->api.store().revision() > 0;
  parts_->api.definitions().ServeStored();
  if (parts_->options.event_ttl > sim::Duration::zero()) {
    parts_->event_expiry = std::make_unique<apiserver::EventExpiry>(
        parts_->kernel, parts_->api.store(), parts_->options.event_ttl);
    parts_->event_expiry->AddStored();
  }
  apiserver::Bootstrap(handler(), parts_->api.store(), BootstrapOptionsOf(parts_->options));
  parts_->flow_schema_status =
      std::make_unique<apiserver::FlowSchemaStatus>(parts_->kernel, handler(), parts_->api.store());
  parts_->api_service_status =
      std::make_unique<apiserver::ApiServiceStatus>(parts_->kernel, handler(), parts_->api.store());
  parts_->service_addresses =
      std::make_unique<apiserver::ServiceAddresses>(parts_->kernel, handler(), parts_->api.store());
  parts_->StartLoops();
  if (is_restored || !parts_->node_pool) return {};
  return parts_->node_pool->CreateMany(parts_->options.node_count, parts_->options.machine);
}

apiserver::RequestHandler& Cluster::handler() { return parts_->metrics; }
apiserver::ApiServer& Cluster::api() { return parts_->api; }
OutsideCalls& Cluster::outside_calls() { return parts_->outside_calls; }
apiserver::Documents& Cluster::documents() { return parts_->documents; }

nodes::NodePool& Cluster::node_pool() {
  SIM_CHECK(parts_->node_pool != nullptr);
  return *parts_->node_pool;
}

}  // namespace scenarios
