// A whole cluster on one kernel: the API server, what every cluster holds from the start,
// controllers, scheduler, nodes.
//
// The only place that knows all of them; `serve`, `run` and `replay` differ in options, never in
// wiring. Threads: the kernel's only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apiserver/pipeline/api_server.h"
#include "apiserver/pipeline/documents.h"
#include "nodes/node_pool.h"
#include "scenarios/outside_calls.h"
#include "sim/kernel.h"
#include "sim/result.h"

namespace scenarios {

struct ClusterOptions {
  std::string authority_pem;                      // shown to pods as kube-root-ca.crt
  std::string server_address = "127.0.0.1:6443";  // as /api advertises it
  std::string service_cluster_ip_range = "10.96.0.0/16";
  std::pair<int, int> service_node_ports{30000, 32767};
  apiserver::StoreLimits store_limits{};
  sim::Duration event_ttl{};                      // zero keeps Events for ever
  std::vector<std::string> disabled_admission{};  // plug-ins by kube-apiserver's names
  // Of watch deliveries and answers from outside: 5 ms in `run`, 0 in `serve`.
  sim::Duration watch_latency_max{};
  // kube-controller-manager's syntax, with `scheduler` and `nodes` besides its names.
  std::vector<std::string> controllers = {"*"};
  std::size_t node_count = 0;  // made at the start, unless the store was restored from a data file
  std::string machine = "medium";  // their model
  // Knows tokens and signs those of service accounts; null: there are none.
  std::shared_ptr<const apiserver::Authenticator> authenticator{};
  apiserver::AuthorizationMode authorization = apiserver::AuthorizationMode::kNodeAndRbac;
  nodes::NodeBehaviour node_behaviour = nodes::NodeBehaviour::kModelled;
};

class Cluster {
 public:
  // `kernel` outlives the cluster.
  Cluster(sim::Kernel& kernel, ClusterOptions options);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Makes what every cluster holds and is missing, and lets the loops begin. Errors: an unknown
  // machine model.
  sim::Result<void> Start();

  apiserver::RequestHandler& handler();
  apiserver::ApiServer& api();
  apiserver::Documents& documents();
  // Webhooks, aggregated APIs: nobody can be called before they are attached to an edge.
  OutsideCalls& outside_calls();
  // Requires: Start was called with `nodes` among the controllers.
  nodes::NodePool& node_pool();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace scenarios
