#include "apiserver/pipeline/api_pipeline.h"

#include "apiserver/pipeline/authorization.h"

namespace apiserver {

Response ApiPipeline::Answer(Request& request) {
  if (const std::optional<ApiError> refused = Authorize(request)) {
    Response response = ErrorResponse(*refused);
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return response;
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
