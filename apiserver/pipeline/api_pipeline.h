// The order of a request inside the server: authorize, then the registry or one of the documents.
//
// Authentication, decoding and negotiation happened before (encoding, http). Threads: the kernel's
// only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "apiserver/ports/request_handler.h"
#include "apiserver/registry/registry.h"

namespace apiserver {

// Answers paths outside the resources: discovery, health, version. Nullopt: not mine.
using DocumentHandler = std::function<std::optional<Response>(const Request&)>;

class ApiPipeline final : public RequestHandler {
 public:
  explicit ApiPipeline(Registry& registry) : registry_(registry) {}

  void AddDocuments(DocumentHandler handler) { documents_.push_back(std::move(handler)); }
  sim::Task<Response> Handle(std::unique_ptr<Request> request) override;

 private:
  Response Answer(Request& request);

  Registry& registry_;
  std::vector<DocumentHandler> documents_;
};

}  // namespace apiserver
