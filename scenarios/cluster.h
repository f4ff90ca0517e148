// A whole cluster on one kernel: the API server, what every cluster holds from the start,
// controllers, scheduler, nodes.
//
// The only place that knows all of them; `serve`, `run` and `replay` differ in options, never in
// wiring. Threads: the kernel's only.
#pragma once

#include <memory>
#include <string>

#include "apiserver/pipeline/api_server.h"
#include "apiserver/pipeline/documents.h"
#include "sim/kernel.h"
#include "sim/result.h"

namespace scenarios {

struct ClusterOptions {
  std::string authority_pem;                      // shown to pods as kube-root-ca.crt
  std::string server_address = "127.0.0.1:6443";  // as /api advertises it
  std::string service_cluster_ip_range = "10.96.0.0/16";
  sim::Duration watch_latency_max{};  // 5 ms in `run`, 0 in `serve`
  std::string controllers = "*";      // kube-controller-manager's syntax, and `scheduler`, `nodes`
};

class Cluster {
 public:
  // `kernel` outlives the cluster.
  Cluster(sim::Kernel& kernel, ClusterOptions options);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Makes what every cluster holds, unless the store was restored, and lets the loops begin.
  void Start();

  apiserver::RequestHandler& handler();
  apiserver::ApiServer& api();
  apiserver::Documents& documents();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace scenarios
