// The order of a request inside the server: who, as whom, may they; then the registry or one of the
// documents.
//
// Authentication, decoding and negotiation happened before (encoding, http). Threads: the kernel's
// only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/hooks/webhook_list.h"
#include "apiserver/pipeline/impersonation.h"
#include "apiserver/ports/authorizer.h"
#include "apiserver/ports/outside_caller.h"
#include "apiserver/ports/request_handler.h"
#include "apiserver/registry/registry.h"

namespace apiserver {

// Answers paths outside the resources: discovery, health, version. Nullopt: not mine.
using DocumentHandler = std::function<std::optional<Response>(const Request&)>;

class ApiPipeline final : public RequestHandler {
 public:
  // A token of an account counts when it is for one of `audiences`.
  ApiPipeline(Registry& registry, Authorizer& authorizer, std::vector<std::string> audiences)
      : registry_(registry),
        authorizer_(authorizer),
        audiences_(std::move(audiences)),
        impersonation_(authorizer) {}

  // From now on writes may wait for `list`'s webhooks, called through `caller`. Both outlive the
  // pipeline.
  void SetWebhooks(WebhookList& list, OutsideCaller& caller) {
    webhooks_ = &list;
    caller_ = &caller;
  }

  void AddDocuments(DocumentHandler handler) { documents_.push_back(std::move(handler)); }
  sim::Task<Response> Handle(std::unique_ptr<Request> request) override;

 private:
  Response Answer(Request& request);
  // The refusal of a request by who asks, or nothing.
  std::optional<Response> Refuse(Request& request);
  // Whether programs outside may have a say in the answer.
  bool MayAsk(const Request& request) const;
  // Runs the request again until no webhook's answer is missing.
  sim::Task<Response> HandleWithWebhooks(std::unique_ptr<Request> request);
  // Who the request is from, and as whom: the refusal, or nothing.
  std::optional<ApiError> Identify(Request& request);

  Registry& registry_;
  Authorizer& authorizer_;
  const std::vector<std::string> audiences_;
  Impersonation impersonation_;
  WebhookList* webhooks_ = nullptr;
  OutsideCaller* caller_ = nullptr;
  std::vector<DocumentHandler> documents_;
};

}  // namespace apiserver
