#include "apiserver/pipeline/api_server.h"

#include "apiserver/pipeline/namespace_lifecycle.h"
#include "apiserver/registry/endpoints/endpoints.h"

namespace apiserver {

ApiServer::ApiServer(sim::Kernel& kernel, ApiServerOptions options, StrategyTable strategies,
                     PrinterTable printers)
    : store_(kernel, options.store_limits),
      watch_hub_(kernel, store_, options.watch_hub),
      strategies_(std::move(strategies)),
      printers_(std::move(printers)),
      resources_(strategies_),
      registry_({kernel, store_, resources_, admission_, printers_, watch_hub_}),
      pipeline_(registry_) {
  AddBuiltinEndpoints(registry_, options.pod_logs);
  admission_.Add(std::make_unique<NamespaceLifecycle>());
}

}  // namespace apiserver
