#include "apiserver/registry/registry.h"

#include "apiserver/encoding/negotiate.h"
#include "apiserver/registry/custom/custom_resource.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/deprecation.h"
#include "apiserver/registry/patch_verb.h"
#include "apiserver/registry/reads.h"
#include "apiserver/registry/verbs.h"
#include "apiserver/registry/watch_verb.h"

namespace apiserver {
namespace {

std::string EndpointKey(std::string_view group, std::string_view resource,
                        std::string_view subresource) {
  std::string key(group);
  key += "/";
  key += resource;
  key += "/";
  key += subresource;
  return key;
}

bool IsStream(const Response& response) {
  return std::holds_alternative<std::shared_ptr<WatchStream>>(response.body) ||
         std::holds_alternative<std::shared_ptr<LogStream>>(response.body);
}

// A watch that a resource does not offer is refused by its list, which warns as for any request.
Response NoRouteResponse(const ResourceTable& resources, const Request& request,
                         const ApiError& error) {
  if (error.code == 0) return PageNotFoundResponse();
  Response response = ErrorResponse(error);
  const RequestInfo& info = request.info;
  const ApiResource* resource = resources.Find(info.group, info.version, info.resource);
  const bool is_list = request.Query("watch") != nullptr;
  if (info.verb == "watch" && is_list && resource != nullptr && resource->HasVerb("list")) {
    response.warnings.push_back(DeprecationWarning(*resource));
  }
  return response;
}

// A server that can call nobody fails as a failing webhook would.
std::optional<ApiError> RefuseConversion(const RegistryParts& parts, const ApiResource& resource) {
  if (!resource.is_custom() || !resource.custom->webhook || parts.conversions != nullptr) {
    return std::nullopt;
  }
  GroupVersionKind kind = resource.kind;
  const CustomVersion* storage = resource.custom->StorageVersion();
  if (storage == nullptr || storage->name == kind.version) return std::nullopt;
  kind.version = storage->name;
  return PlainError("conversion webhook for " + kind.api_version() + ", Kind=" + kind.kind +
                    " failed: this server does not call conversion webhooks; use version " +
                    kind.version);
}

// What can't be shown in the view that was asked for is refused, whatever was done by then. Errors
// and other Statuses are shown as they are.
std::optional<ApiError> RefuseView(const Call& call, const Response& response) {
  const View view = call.request.accept.view;
  const bool is_list = std::holds_alternative<std::shared_ptr<const ObjectList>>(response.body);
  const bool is_object = std::holds_alternative<ObjectPtr>(response.body);
  const bool is_wrong = (view == View::kPartialObjectMetadata && is_list) ||
                        (view == View::kPartialObjectMetadataList && is_object);
  if (!is_wrong) return std::nullopt;
  const bool is_scale = call.request.info.subresource == "scale";
  if (is_object && call.resource.is_custom() && !is_scale)
    return PlainError("content is not a list");
  const GroupVersionKind& kind = call.resource.storage_kind;
  std::string type = call.resource.is_custom()
                         ? "*unstructured.Unstructured"
                         : "*" + InternalPackage(kind.group) + "." + kind.kind;
  if (is_scale) type = call.resource.is_custom() ? "*v1.Scale" : "*autoscaling.Scale";
  ApiError error{406, "NotAcceptable", {}, std::nullopt, {}};
  error.message =
      is_list
          ? "you requested PartialObjectMetadata, but the requested object is a list (" + type +
                "List)"
          : "you requested PartialObjectMetadataList, but the requested object is not a list (" +
                type + ")";
  return error;
}

}  // namespace

void Registry::AddEndpoint(std::string group, std::string resource, std::string subresource,
                           std::unique_ptr<Endpoint> endpoint) {
  endpoints_[EndpointKey(group, resource, subresource)] = std::move(endpoint);
}

Endpoint* Registry::FindEndpoint(const Route& route) const {
  const GroupVersionResource& resource = route.resource->resource;
  const std::string_view subresource =
      route.subresource == nullptr ? std::string_view() : route.subresource->name;
  auto found = endpoints_.find(EndpointKey(resource.group, resource.resource, subresource));
  if (found == endpoints_.end()) found = endpoints_.find(EndpointKey("*", "*", subresource));
  return found == endpoints_.end() ? nullptr : found->second.get();
}

Response Registry::HandleRoute(Call& call, const Route& route) {
  if (Endpoint* endpoint = FindEndpoint(route)) return endpoint->Handle(call, route.verb);
  if (route.subresource != nullptr && route.verb == Verb::kCreate) {
    // Only endpoints of their own make something below an object.
    return ErrorResponse(MethodNotSupportedError(call.group_resource(), "create"));
  }
  switch (route.verb) {
    case Verb::kGet:
      return HandleGet(call);
    case Verb::kList:
      return HandleList(call);
    case Verb::kWatch:
      return HandleWatch(call);
    case Verb::kCreate:
      return HandleCreate(call);
    case Verb::kUpdate:
      return HandleUpdate(call);
    case Verb::kPatch:
      return HandlePatch(call);
    case Verb::kDelete:
      return HandleDelete(call);
    case Verb::kDeleteCollection:
      return HandleDeleteCollection(call);
    case Verb::kConnect:
      break;
  }
  return ErrorResponse(PlainError("this server does not connect to containers"));
}

Response Registry::Handle(Request& request) {
  ApiResult<Route> route = FindRoute(parts_.resources, request);
  if (!route) return NoRouteResponse(parts_.resources, request, route.error());
  if (request.accept_error) {
    Response refused = ErrorResponse(*request.accept_error);
    // What the router itself refuses comes before any warning.
    const std::string warning = DeprecationWarning(*route->resource);
    if (!warning.empty() && !IsRouteRefusal(*request.accept_error))
      refused.warnings.push_back(warning);
    return refused;
  }
  if (auto refused = RefuseConversion(parts_, *route->resource)) return ErrorResponse(*refused);
  const std::string warning = DeprecationWarning(*route->resource);
  Call call(parts_, request, *route->resource);
  Response response = HandleRoute(call, *route);
  if (const auto refused = RefuseView(call, response)) {
    std::vector<std::string> warnings = std::move(response.warnings);
    response = ErrorResponse(*refused);
    response.warnings = std::move(warnings);
  }
  // An answer without an object still tells of some: that one is there already, or gone. The chunks
  // of a stream have revisions of their own.
  if (response.shown_revision == 0 && !IsStream(response)) {
    response.shown_revision = parts_.store.revision();
  }
  // What was warned of before a refusal is told with it.
  if (response.warnings.empty()) response.warnings = std::move(call.warnings);
  if (!warning.empty()) response.warnings.insert(response.warnings.begin(), warning);
  return response;
}

}  // namespace apiserver
