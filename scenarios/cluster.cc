#include "scenarios/cluster.h"

namespace scenarios {

struct Cluster::Parts {
  Parts(sim::Kernel& kernel_of_all, ClusterOptions given)
      : kernel(kernel_of_all),
        options(std::move(given)),
        api(kernel, {.watch_hub = {.latency_max = options.watch_latency_max}},
            apiserver::StrategyTable(), apiserver::PrinterTable()),
        documents(options.server_address) {
    api.pipeline().AddDocuments(
        [this](const apiserver::Request& request) { return documents.Handle(request); });
  }

  sim::Kernel& kernel;
  const ClusterOptions options;
  apiserver::ApiServer api;
  apiserver::Documents documents;
};

Cluster::Cluster(sim::Kernel& kernel, ClusterOptions options)
    : parts_(std::make_unique<Parts>(kernel, std::move(options))) {}

Cluster::~Cluster() = default;

void Cluster::Start() {}

apiserver::RequestHandler& Cluster::handler() { return parts_->api.pipeline(); }
apiserver::ApiServer& Cluster::api() { return parts_->api; }
apiserver::Documents& Cluster::documents() { return parts_->documents; }

}  // namespace scenarios
