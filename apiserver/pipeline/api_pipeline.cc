#include "apiserver/pipeline/api_pipeline.h"

#include <utility>

#include "apiserver/pipeline/authorization.h"
#include "apiserver/pipeline/token_liveness.h"
#include "apiserver/ports/admission_memo.h"
#include "apiserver/ports/conversion_memo.h"
#include "apiserver/registry/custom/custom_resource.h"

namespace apiserver {

namespace {

// How often a request may come back with answers: more than there can be webhooks for one object.
constexpr int kPassesMax = 1'000;

// Whether admission may have a say: writes and connections.
bool MayBeAdmitted(const Request& request) {
  if (!request.info.is_resource) return false;
  const std::string& verb = request.info.verb;
  const bool is_read = verb == "get" || verb == "list" || verb == "watch";
  const std::string& sub = request.info.subresource;
  return !is_read || sub == "exec" || sub == "attach" || sub == "portforward" || sub == "proxy";
}

Response Refusal(const ApiError& error) {
  Response response = ErrorResponse(error);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace

std::optional<ApiError> ApiPipeline::Identify(Request& request) {
  if (!request.user.token_payload.empty()) {
    const std::string payload = std::exchange(request.user.token_payload, {});
    const std::optional<TokenClaims> claims = ReadPayload(payload);
    const RegistryParts& parts = registry_.parts();
    const bool holds =
        claims && TokenProblem(*claims, audiences_, parts.store, parts.kernel.now()).empty();
    if (!holds) return UnauthorizedError();
  }
  if (request.impersonation.empty()) return std::nullopt;
  ApiResult<UserInfo> user = impersonation_.ActingUser(request);
  if (!user) return std::move(user.error());
  request.user = std::move(*user);
  return std::nullopt;
}

std::optional<Response> ApiPipeline::Refuse(Request& request) {
  if (const auto refused = Identify(request)) return Refusal(*refused);
  const AccessAttributes access = AccessOf(request);
  const Decision decision = authorizer_.Decide(request.user, access);
  if (decision.is_allowed) return std::nullopt;
  return Refusal(ForbiddenAccessError(request.user, access, decision.reason));
}

Response ApiPipeline::Answer(Request& request) {
  if (request.info.is_resource) return registry_.Handle(request);
  for (const DocumentHandler& handler : documents_) {
    if (std::optional<Response> response = handler(request)) return std::move(*response);
  }
  return PageNotFoundResponse();
}

sim::Task<Response> ApiPipeline::HandleWithWebhooks(std::unique_ptr<Request> request) {
  const std::optional<Value> sent =
      request->object ? std::optional<Value>(std::in_place, *request->object, JsonStorage())
                      : std::nullopt;
  RegistryParts& parts = registry_.parts();
  AdmissionMemo memo;
  memo.started = parts.kernel.now();
  const std::unique_ptr<ConversionMemo> conversions =
      parts.conversions == nullptr ? nullptr : parts.conversions->NewMemo();
  for (int pass = 0; pass < kPassesMax; ++pass) {
    parts.memo = &memo;
    parts.conversion_memo = conversions.get();
    Response response = Answer(*request);
    parts.memo = nullptr;
    parts.conversion_memo = nullptr;
    const bool is_lacking = conversions != nullptr && conversions->is_lacking();
    if (memo.wanted.empty() && !is_lacking) co_return response;
    // All leave at once, and are waited for one after the other.
    std::vector<AdmissionMemo::Wanted> wanted = std::exchange(memo.wanted, {});
    std::vector<sim::Task<sim::Result<OutsideAnswer>>> calls;
    for (AdmissionMemo::Wanted& each : wanted) {
      calls.push_back(caller_->Call(std::move(each.call)));
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      sim::Result<OutsideAnswer> answer = co_await calls[i];
      memo.reviews[wanted[i].key].answer.emplace(std::move(answer));
    }
    if (is_lacking) {
      sim::Task<> fetched = conversions->Fetch();
      co_await fetched;
    }
    memo.counts.clear();
    if (sent) {
      request->object.emplace(*sent,
                              request->arena ? JsonStorage(request->arena.get()) : JsonStorage());
    }
  }
  co_return ErrorResponse(InternalError("webhooks did not come to an end with this request"));
}

bool ApiPipeline::MayAsk(const Request& request) const {
  if (MayBeAdmitted(request) && webhooks_ != nullptr && !webhooks_->is_empty()) return true;
  const RegistryParts& parts = registry_.parts();
  if (parts.conversions == nullptr || !request.info.is_resource) return false;
  const ApiResource* resource =
      parts.resources.Find(request.info.group, request.info.version, request.info.resource);
  return resource != nullptr && resource->is_custom() && resource->custom->webhook;
}

sim::Task<Response> ApiPipeline::Handle(std::unique_ptr<Request> request) {
  if (std::optional<Response> refused = Refuse(*request)) return std::move(*refused);
  if (!MayAsk(*request)) return Answer(*request);
  return HandleWithWebhooks(std::move(request));
}

}  // namespace apiserver
