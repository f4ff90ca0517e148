#include "apiserver/registry/routes.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/join.h"
#include "apiserver/api/names.h"

namespace apiserver {
namespace {

ApiError NoSuchResource() { return NoSuchResourceError(); }

bool HasItemRoute(const ApiResource& resource) {
  for (std::string_view verb : {"get", "update", "patch", "delete"}) {
    if (resource.HasVerb(verb)) return true;
  }
  return false;
}

// Whether the path's namespace fits the scope: Namespaces carry their own name there.
bool FitsScope(const ApiResource& resource, const RequestInfo& info) {
  if (resource.is_namespaced)
    return !info.namespace_.empty() || info.name.empty() || info.verb == "list" ||
           info.verb == "watch";
  const bool is_namespace =
      resource.resource.resource == "namespaces" && resource.resource.group.empty();
  return info.namespace_.empty() || (is_namespace && info.namespace_ == info.name);
}

ApiResult<Route> CollectionRoute(const ApiResource& resource, const Request& request) {
  const std::string& method = request.method;
  const bool is_all = resource.is_namespaced && request.info.namespace_.empty();
  Route route{&resource, nullptr, Verb::kList};
  if (method == "GET" || (method == "HEAD" && resource.is_custom())) {
    const bool is_watch = request.info.verb == "watch";
    route.verb = is_watch ? Verb::kWatch : Verb::kList;
    if (is_watch ? resource.HasVerb("watch") : resource.HasVerb("list")) return route;
    return is_all && !resource.HasVerb("list") ? NoSuchResource() : NoSuchMethodError();
  }
  if (resource.is_custom() && (method == "PUT" || method == "PATCH")) {
    return BadRequestError("name must be provided");
  }
  if (is_all) return resource.HasVerb("list") ? NoSuchMethodError() : NoSuchResource();
  if (method == "POST" && resource.HasVerb("create")) {
    route.verb = Verb::kCreate;
    return route;
  }
  if (method == "DELETE" && resource.HasVerb("deletecollection")) {
    route.verb = Verb::kDeleteCollection;
    return route;
  }
  return NoSuchMethodError();
}

ApiResult<Route> ItemRoute(const ApiResource& resource, const std::string& method) {
  struct Choice {
    std::string_view method;
    std::string_view name;
    Verb verb;
  };
  static constexpr Choice kChoices[] = {{"GET", "get", Verb::kGet},
                                        {"PUT", "update", Verb::kUpdate},
                                        {"PATCH", "patch", Verb::kPatch},
                                        {"DELETE", "delete", Verb::kDelete}};
  if (!HasItemRoute(resource)) return NoSuchResource();
  for (const Choice& choice : kChoices) {
    if (method == choice.method && resource.HasVerb(choice.name))
      return Route{&resource, nullptr, choice.verb};
  }
  // The dispatcher of custom resources does not look at the name of a POST.
  if (resource.is_custom() && method == "POST") return Route{&resource, nullptr, Verb::kCreate};
  return NoSuchMethodError();
}

bool IsConnect(std::string_view name) {
  return name == "exec" || name == "attach" || name == "portforward" || name == "proxy";
}

ApiError NoSuchObject(const Request& request) {
  return NotFoundError(request.info.group_resource(), request.info.name);
}

ApiResult<Route> SubresourceRoute(const ApiResource& resource, const Request& request) {
  const RequestInfo& info = request.info;
  const ApiSubresource* sub = resource.FindSubresource(info.subresource);
  if (sub == nullptr) return resource.is_custom() ? NoSuchObject(request) : NoSuchResource();
  if (IsConnect(sub->name)) return Route{&resource, sub, Verb::kConnect};
  if (!info.tail.empty()) return resource.is_custom() ? NoSuchObject(request) : NoSuchResource();
  const std::string& method = request.method;
  if (method == "GET" && sub->HasVerb("get")) return Route{&resource, sub, Verb::kGet};
  if (method == "PUT" && sub->HasVerb("update")) return Route{&resource, sub, Verb::kUpdate};
  if (method == "PATCH" && sub->HasVerb("patch")) return Route{&resource, sub, Verb::kPatch};
  if (method == "POST" && sub->HasVerb("create")) return Route{&resource, sub, Verb::kCreate};
  return NoSuchMethodError();
}

bool IsCustomGroup(const ResourceTable& resources, const std::string& group) {
  const auto first = resources.all().lower_bound({group, "", ""});
  return first != resources.all().end() && first->first.group == group &&
         first->second->is_custom();
}

// The legacy prefix /watch/ exists only where there is something to watch.
bool IsLegacyWatch(const Request& request) {
  return request.path.find("/watch/") != std::string::npos && request.info.verb == "watch" &&
         !IsTrueParameter(request.Query("watch"));
}

bool IsMethodOfApi(const std::string& method) {
  for (std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
    if (method == known) return true;
  }
  return false;
}

// The dispatcher of custom resources names the verb that it does not serve.
ApiResult<Route> CustomRoute(const ApiResource& resource, const Request& request,
                             ApiResult<Route> route) {
  const RequestInfo& info = request.info;
  const bool is_across = resource.is_namespaced && info.namespace_.empty();
  if (is_across && info.verb != "list" && info.verb != "watch")
    return ApiError{0, {}, {}, std::nullopt, {}};
  if (route.ok() || route.error().code != 405) return route;
  return MethodNotSupportedError(resource.group_resource(),
                                 IsMethodOfApi(request.method) ? info.verb : std::string());
}

bool IsOfStoredObject(Verb verb) {
  return verb == Verb::kGet || verb == Verb::kUpdate || verb == Verb::kPatch ||
         verb == Verb::kDelete;
}

}  // namespace

ApiError NoSuchMethodError() {
  return {405,
          "MethodNotAllowed",
          "the server does not allow this method on the requested resource",
          StatusDetails{},
          {}};
}

ApiError NoSuchResourceError() {
  return {404, "NotFound", "the server could not find the requested resource", StatusDetails{}, {}};
}

Response PageNotFoundResponse() {
  Response response;
  response.status = 404;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = std::make_shared<const std::string>("404 page not found\n");
  return response;
}

ApiResult<Route> FindRoute(const ResourceTable& resources, const Request& request) {
  const RequestInfo& info = request.info;
  if (!resources.HasGroup(info.group)) return ApiError{0, {}, {}, std::nullopt, {}};
  const ApiResource* resource = resources.Find(info.group, info.version, info.resource);
  if (resource == nullptr || !FitsScope(*resource, info)) {
    // Custom groups are served by a dispatcher of their own, which knows only whole resources.
    if (IsCustomGroup(resources, info.group)) return ApiError{0, {}, {}, std::nullopt, {}};
    return NoSuchResource();
  }
  if (IsLegacyWatch(request)) {
    if (!resource->HasVerb("watch") || request.method != "GET") return NoSuchResource();
    return Route{resource, nullptr, Verb::kWatch};
  }
  const bool is_item = !info.name.empty() && info.verb != "list" && info.verb != "watch";
  ApiResult<Route> route = !info.subresource.empty() ? SubresourceRoute(*resource, request)
                           : is_item                 ? ItemRoute(*resource, request.method)
                                                     : CollectionRoute(*resource, request);
  if (resource->is_custom()) route = CustomRoute(*resource, request, std::move(route));
  if (!is_item || !route.ok() || !IsOfStoredObject(route->verb)) return route;
  const NameMessages problems = CheckPathSegmentName(info.name);
  if (problems.empty()) return route;
  return BadRequestError("Name parameter invalid: " + GoQuote(info.name) + ": " +
                         JoinTexts(problems, ";"));
}

}  // namespace apiserver
