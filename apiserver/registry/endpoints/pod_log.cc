// Source: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go (LogLocation) and
// pkg/apis/core/validation.

#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/endpoints/pod_containers.h"

namespace apiserver {
namespace {

std::optional<ApiError> ReadNumber(const Request& request, std::string_view name,
                                   std::optional<std::int64_t>& into) {
  const std::string* text = request.Query(name);
  if (text == nullptr || text->empty()) return std::nullopt;
  ApiResult<std::int64_t> number = ParseGoInteger(*text);
  if (!number) return std::move(number.error());
  into = *number;
  return std::nullopt;
}

ApiResult<PodLogOptions> ReadOptions(const Request& request) {
  PodLogOptions options;
  if (const std::string* container = request.Query("container")) options.container = *container;
  options.follow = IsTrueParameter(request.Query("follow"));
  options.previous = IsTrueParameter(request.Query("previous"));
  options.timestamps = IsTrueParameter(request.Query("timestamps"));
  if (auto error = ReadNumber(request, "sinceSeconds", options.since_seconds))
    return std::move(*error);
  if (auto error = ReadNumber(request, "tailLines", options.tail_lines)) return std::move(*error);
  if (auto error = ReadNumber(request, "limitBytes", options.limit_bytes)) return std::move(*error);
  if (const std::string* text = request.Query("sinceTime")) {
    sim::Result<WallTime> time = ParseTime(*text);
    if (!time) return BadRequestError(time.error().message);
    options.since_time = ToSimTime(*time);
  }
  return options;
}

FieldErrors Validate(const PodLogOptions& options) {
  FieldErrors errors;
  if (options.tail_lines && *options.tail_lines < 0) {
    errors.push_back(FieldInvalid("tailLines", Value(*options.tail_lines),
                                  "must be greater than or equal to 0"));
  }
  if (options.limit_bytes && *options.limit_bytes < 1) {
    errors.push_back(
        FieldInvalid("limitBytes", Value(*options.limit_bytes), "must be greater than 0"));
  }
  if (options.since_seconds && options.since_time) {
    errors.push_back(
        FieldForbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  } else if (options.since_seconds && *options.since_seconds < 1) {
    errors.push_back(
        FieldInvalid("sinceSeconds", Value(*options.since_seconds), "must be greater than 0"));
  }
  return errors;
}

class LogEndpoint final : public Endpoint {
 public:
  explicit LogEndpoint(PodLogSource* logs) : logs_(logs) {}

  Response Handle(Call& call, Verb) override {
    const std::string& name = call.request.info.name;
    ApiResult<PodLogOptions> options = ReadOptions(call.request);
    if (!options) return ErrorResponse(options.error());
    FieldErrors errors = Validate(*options);
    // Streams are told apart by an alpha feature only.
    if (call.request.Query("stream") != nullptr) {
      errors.push_back(FieldForbidden("stream", "may not be specified"));
    }
    if (!errors.empty()) return ErrorResponse(InvalidError("", "PodLogOptions", name, errors));
    const ObjectPtr pod = call.FindStored(name);
    if (!pod) return ErrorResponse(NotFoundError(call.group_resource(), name));
    const std::shared_ptr<const Value> value = pod->Peek();
    ApiResult<std::string> container = ChooseContainer(*value, options->container);
    if (!container) return ErrorResponse(container.error());
    options->container = std::move(*container);
    const std::string node(TextAt(*value, {"spec", "nodeName"}));
    if (node.empty()) {
      Response nothing;
      nothing.status = 204;
      return nothing;
    }
    // The words are upstream's: it takes the missing node for a missing pod.
    const bool has_node = call.parts.store.Find({"", "nodes"}, {"", node}) != nullptr;
    if (logs_ == nullptr || !has_node)
      return ErrorResponse(NotFoundError(call.group_resource(), node));
    return logs_->ReadLog(pod, *options);
  }

 private:
  PodLogSource* const logs_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeLogEndpoint(PodLogSource* logs) {
  return std::make_unique<LogEndpoint>(logs);
}

}  // namespace apiserver
