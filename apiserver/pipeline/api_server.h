// The API server without its wire: store, watches, registry and pipeline, put together.
//
// Threads: the kernel's only.
#pragma once

#include <memory>

#include "apiserver/hooks/policy_list.h"
#include "apiserver/hooks/webhook_conversions.h"
#include "apiserver/pipeline/api_pipeline.h"
#include "apiserver/pipeline/authentication.h"
#include "apiserver/pipeline/authorization.h"
#include "apiserver/registry/custom/definitions.h"
#include "apiserver/registry/registry.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/store_watch_hub.h"
#include "sim/kernel.h"

namespace apiserver {

class OutsideCaller;
class PodLogSource;

struct ApiServerOptions {
  PodLogSource* pod_logs = nullptr;         // outlives the server; null: no node can be asked
  OutsideCaller* outside_caller = nullptr;  // outlives the server; null: nobody can be called
  StoreLimits store_limits{};
  WatchHubOptions watch_hub{};
  AuthorizationMode authorization = AuthorizationMode::kAuthenticated;
  // Knows the tokens that reviews are about, and signs those of accounts; null: there are none.
  std::shared_ptr<const Authenticator> authenticator{};
  std::string server_address{};  // where clients find the keys of tokens; "": at the issuer
};

class ApiServer {
 public:
  // `kernel` outlives the server. The tables hold the rules and printers of the built-in kinds.
  ApiServer(sim::Kernel& kernel, ApiServerOptions options, StrategyTable strategies,
            PrinterTable printers);
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  Store& store() { return store_; }
  StoreWatchHub& watch_hub() { return watch_hub_; }
  ResourceTable& resources() { return resources_; }
  AdmissionChain& admission() { return admission_; }
  Registry& registry() { return registry_; }
  ApiPipeline& pipeline() { return pipeline_; }
  Definitions& definitions() { return definitions_; }
  ClusterAuthorizer& authorizer() { return authorizer_; }
  // Adds webhooks and policies, after all plug-ins that were added before.
  // `is_enabled` says of a plug-in's name whether it is wanted; empty: all are.
  void AddWebhookAdmission(const std::function<bool(std::string_view)>& is_enabled = {});

 private:
  Store store_;
  StoreWatchHub watch_hub_;
  ClusterAuthorizer authorizer_;
  WebhookList webhooks_;
  PolicyList policies_;
  OutsideCaller* outside_caller_;
  std::unique_ptr<WebhookConversions> conversions_;
  StrategyTable strategies_;
  PrinterTable printers_;
  ResourceTable resources_;
  AdmissionChain admission_;
  Registry registry_;
  Definitions definitions_;
  ApiPipeline pipeline_;
};

}  // namespace apiserver
