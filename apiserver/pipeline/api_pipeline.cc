#include "apiserver/pipeline/api_pipeline.h"

#include <utility>

#include "apiserver/pipeline/authorization.h"
#include "apiserver/pipeline/token_liveness.h"

namespace apiserver {

namespace {

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
        claims &&
        TokenProblem(*claims, {std::string(kTokenIssuer)}, parts.store, parts.kernel.now()).empty();
    if (!holds) return UnauthorizedError();
  }
  if (request.impersonation.empty()) return std::nullopt;
  ApiResult<UserInfo> user = impersonation_.ActingUser(request);
  if (!user) return std::move(user.error());
  request.user = std::move(*user);
  return std::nullopt;
}

Response ApiPipeline::Answer(Request& request) {
  if (const auto refused = Identify(request)) return Refusal(*refused);
  const AccessAttributes access = AccessOf(request);
  const Decision decision = authorizer_.Decide(request.user, access);
  if (!decision.is_allowed) {
    return Refusal(ForbiddenAccessError(request.user, access, decision.reason));
  }
  if (request.info.is_resource) return registry_.Handle(request);
  for (const DocumentHandler& handler : documents_) {
    if (std::optional<Response> response = handler(request)) return std::move(*response);
  }
  return PageNotFoundResponse();
}

sim::Task<Response> ApiPipeline::Handle(std::unique_ptr<Request> request) {
  return Answer(*request);
}

}  // namespace apiserver
