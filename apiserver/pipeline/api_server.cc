#include "apiserver/pipeline/api_server.h"

#include "apiserver/hooks/validating_policies.h"
#include "apiserver/hooks/webhook_admission.h"
#include "apiserver/pipeline/escalation.h"
#include "apiserver/pipeline/namespace_lifecycle.h"
#include "apiserver/pipeline/openid_documents.h"
#include "apiserver/pipeline/token_endpoints.h"
#include "apiserver/registry/custom/api_service_strategy.h"
#include "apiserver/registry/custom/definition_strategy.h"
#include "apiserver/registry/endpoints/endpoints.h"

namespace apiserver {

namespace {

// The kinds whose rules live beside custom resources, for they say what is served.
StrategyTable WithExtensions(StrategyTable strategies) {
  strategies.Add({"apiextensions.k8s.io", "customresourcedefinitions"}, MakeDefinitionStrategy());
  strategies.Add({"apiregistration.k8s.io", "apiservices"}, MakeApiServiceStrategy());
  return strategies;
}

std::vector<std::string> AudiencesOf(const Authenticator* authenticator) {
  return (authenticator == nullptr ? TokenTerms() : authenticator->terms()).audiences;
}

}  // namespace

ApiServer::ApiServer(sim::Kernel& kernel, ApiServerOptions options, StrategyTable strategies,
                     PrinterTable printers)
    : store_(kernel, options.store_limits),
      watch_hub_(kernel, store_, options.watch_hub),
      authorizer_(store_, options.authorization),
      webhooks_(store_),
      policies_(store_),
      outside_caller_(options.outside_caller),
      strategies_(WithExtensions(std::move(strategies))),
      printers_(std::move(printers)),
      resources_(strategies_),
      registry_({kernel, store_, resources_, admission_, printers_, watch_hub_, &authorizer_}),
      definitions_(registry_.parts()),
      pipeline_(registry_, authorizer_, AudiencesOf(options.authenticator.get())) {
  if (outside_caller_ != nullptr) {
    conversions_ = std::make_unique<WebhookConversions>(kernel, store_, *outside_caller_);
    registry_.parts().conversions = conversions_.get();
  }
  AddBuiltinEndpoints(registry_, options.pod_logs);
  if (options.authenticator == nullptr) {
    options.authenticator = std::make_shared<const Authenticator>(TokenTable());
  }
  registry_.AddEndpoint("authentication.k8s.io", "tokenreviews", "",
                        MakeTokenReviewEndpoint(options.authenticator));
  if (options.authenticator->signer() != nullptr) {
    registry_.AddEndpoint("", "serviceaccounts", "token",
                          MakeTokenRequestEndpoint(options.authenticator));
    pipeline_.AddDocuments(MakeOpenIdDocuments(options.authenticator, options.server_address));
  }
  admission_.SetLast(std::make_unique<EscalationCheck>(authorizer_));
  admission_.Add(std::make_unique<NamespaceLifecycle>());
  admission_.Add(std::make_unique<TerminatingDefinitions>(definitions_));
}

void ApiServer::AddWebhookAdmission(const std::function<bool(std::string_view)>& is_enabled) {
  const auto add = [&](std::string_view name, WebhookKind kind) {
    if (is_enabled && !is_enabled(name)) return;
    admission_.Add(std::make_unique<WebhookAdmission>(registry_.parts().kernel, webhooks_, kind));
  };
  add("MutatingAdmissionWebhook", WebhookKind::kMutating);
  if (!is_enabled || is_enabled("ValidatingAdmissionPolicy")) {
    admission_.Add(std::make_unique<ValidatingPolicies>(policies_));
  }
  add("ValidatingAdmissionWebhook", WebhookKind::kValidating);
  if (outside_caller_ != nullptr) pipeline_.SetWebhooks(webhooks_, *outside_caller_);
}

}  // namespace apiserver
