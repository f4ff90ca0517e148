#include "apiserver/client/client.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/store/store.h"
#include "sim/check.h"

namespace apiserver {
namespace {

// Enough for most objects with their old state and managed fields.
constexpr std::size_t kArenaBytes = 16 * 1024;

std::string_view MethodOf(std::string_view verb) {
  if (verb == "create") return "POST";
  if (verb == "update") return "PUT";
  if (verb == "patch") return "PATCH";
  SIM_CHECK(verb == "delete");
  return "DELETE";
}

std::string PathOf(const RequestInfo& info) {
  std::string path =
      info.group.empty() ? "/api/" + info.version : "/apis/" + info.group + "/" + info.version;
  // The namespaces resource itself has its name where others have their namespace.
  if (!info.namespace_.empty() && info.resource != "namespaces")
    path += "/namespaces/" + info.namespace_;
  path += "/" + info.resource;
  if (!info.name.empty()) path += "/" + info.name;
  if (!info.subresource.empty()) path += "/" + info.subresource;
  return path;
}

std::string_view ContentTypeOf(PatchType type) {
  switch (type) {
    case PatchType::kJson:
      return "application/json-patch+json";
    case PatchType::kMerge:
      return "application/merge-patch+json";
    case PatchType::kStrategic:
      return "application/strategic-merge-patch+json";
    case PatchType::kApply:
      return "application/apply-patch+yaml";
  }
  SIM_CHECK(false);
  return {};
}

std::string_view TextOf(Propagation propagation) {
  switch (propagation) {
    case Propagation::kDefault:
      return "";
    case Propagation::kBackground:
      return "Background";
    case Propagation::kForeground:
      return "Foreground";
    case Propagation::kOrphan:
      return "Orphan";
  }
  SIM_CHECK(false);
  return {};
}

Value ToValue(const DeleteOptions& options) {
  Object body = {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  if (options.grace_period_seconds) body["gracePeriodSeconds"] = *options.grace_period_seconds;
  if (!options.uid.empty()) EnsureObject(body, "preconditions")["uid"] = options.uid;
  if (!options.resource_version.empty()) {
    EnsureObject(body, "preconditions")["resourceVersion"] = options.resource_version;
  }
  if (const std::string_view policy = TextOf(options.propagation); !policy.empty()) {
    body["propagationPolicy"] = policy;
  }
  return body;
}

StatusDetails DetailsFrom(const Value& details) {
  StatusDetails result{
      .name = std::string(TextAt(details, {"name"})),
      .group = std::string(TextAt(details, {"group"})),
      .kind = std::string(TextAt(details, {"kind"})),
      .uid = std::string(TextAt(details, {"uid"})),
      .causes = {},
      .retry_after_seconds = static_cast<int>(IntAt(details, {"retryAfterSeconds"}))};
  const Value* causes = Find(details, "causes");
  if (causes == nullptr || !causes->is_array()) return result;
  for (const Value& cause : causes->get_array()) {
    result.causes.push_back({.reason = std::string(TextAt(cause, {"reason"})),
                             .message = std::string(TextAt(cause, {"message"})),
                             .field = std::string(TextAt(cause, {"field"}))});
  }
  return result;
}

ApiError ErrorFrom(const Response& response) {
  ApiError error{
      .code = response.status, .reason = {}, .message = {}, .details = {}, .continue_token = {}};
  const auto* bytes = std::get_if<SharedBytes>(&response.body);
  if (bytes == nullptr || *bytes == nullptr) return error;
  const JsonParseResult parsed = ParseJson(**bytes);
  if (!parsed.ok() || TextAt(parsed.value, {"kind"}) != "Status") {
    error.message = **bytes;  // Some answers are plain text.
    return error;
  }
  error.reason = TextAt(parsed.value, {"reason"});
  error.message = TextAt(parsed.value, {"message"});
  if (const Value* details = Find(parsed.value, "details")) error.details = DetailsFrom(*details);
  return error;
}

bool IsError(const Response& response) { return response.status >= 400; }

ApiResult<ObjectPtr> ToObject(const Response& response) {
  if (IsError(response)) return ErrorFrom(response);
  const auto* object = std::get_if<ObjectPtr>(&response.body);
  return object == nullptr ? ObjectPtr() : *object;
}

ApiResult<bool> ToDone(const Response& response) {
  if (IsError(response)) return ErrorFrom(response);
  return true;
}

// Two functions, so that an answer that is already there makes no frame.
template <class T>
sim::Task<T> AwaitAnswer(sim::Task<Response> answer, T (*convert)(const Response&)) {
  const Response response = co_await answer;
  co_return convert(response);
}

template <class T>
sim::Task<T> Answer(sim::Task<Response> answer, T (*convert)(const Response&)) {
  if (!answer.done()) return AwaitAnswer(std::move(answer), convert);
  return convert(answer.Take());
}

}  // namespace

Client::Client(RequestHandler& handler, const Store& store, ClientOptions options)
    : handler_(handler), store_(store), options_(std::move(options)) {}

std::unique_ptr<Request> Client::NewRequest(std::string_view verb,
                                            const GroupVersionResource& resource,
                                            const ObjectKey& key, std::string subresource) const {
  auto request = std::make_unique<Request>();
  request->method = MethodOf(verb);
  request->info.is_resource = true;
  request->info.verb = verb;
  request->info.group = resource.group;
  request->info.version = resource.version;
  request->info.resource = resource.resource;
  request->info.subresource = std::move(subresource);
  request->info.namespace_ = key.namespace_;
  request->info.name = key.name;
  // Requests to a Namespace object count as within that namespace, as the authorizer expects.
  if (resource.group.empty() && resource.resource == "namespaces")
    request->info.namespace_ = key.name;
  request->path = PathOf(request->info);
  request->user = options_.user;
  request->user_agent = options_.field_manager;
  request->content_type = "application/json";
  // As for requests from outside: what the registry makes of it lies in one place and goes at once.
  request->arena = std::make_unique<boost::json::monotonic_resource>(kArenaBytes);
  if (verb != "delete" && !options_.field_manager.empty()) {
    request->query.emplace_back("fieldManager", options_.field_manager);
  }
  request->is_internal = true;
  return request;
}

sim::Task<ApiResult<ObjectPtr>> Client::Create(GroupVersionResource resource,
                                               std::string namespace_, Value object,
                                               std::string name, std::string subresource) {
  auto request = NewRequest("create", resource, {std::move(namespace_), std::move(name)},
                            std::move(subresource));
  request->object.emplace(object, JsonStorage(request->arena.get()));
  return Answer(handler_.Handle(std::move(request)), &ToObject);
}

sim::Task<ApiResult<ObjectPtr>> Client::Update(GroupVersionResource resource, Value object,
                                               std::string subresource) {
  const ObjectKey key{std::string(TextAt(object, {"metadata", "namespace"})),
                      std::string(TextAt(object, {"metadata", "name"}))};
  auto request = NewRequest("update", resource, key, std::move(subresource));
  request->object.emplace(object, JsonStorage(request->arena.get()));
  return Answer(handler_.Handle(std::move(request)), &ToObject);
}

sim::Task<ApiResult<ObjectPtr>> Client::UpdateText(GroupVersionResource resource, ObjectPtr base,
                                                   std::vector<std::string> path,
                                                   std::string text) {
  auto request = NewRequest("update", resource, base->key(), "");
  request->edit = FieldEdit{base->meta().revision, std::move(path), std::move(text)};
  return Answer(handler_.Handle(std::move(request)), &ToObject);
}

sim::Task<ApiResult<ObjectPtr>> Client::Patch(GroupVersionResource resource, ObjectKey key,
                                              PatchType type, Value patch,
                                              std::string subresource) {
  auto request = NewRequest("patch", resource, key, std::move(subresource));
  request->content_type = ContentTypeOf(type);
  request->body = ToJson(patch);
  if (type == PatchType::kApply) request->query.emplace_back("force", "true");
  return Answer(handler_.Handle(std::move(request)), &ToObject);
}

sim::Task<ApiResult<bool>> Client::Delete(GroupVersionResource resource, ObjectKey key,
                                          DeleteOptions options) {
  auto request = NewRequest("delete", resource, key, {});
  request->object.emplace(ToValue(options), JsonStorage(request->arena.get()));
  return Answer(handler_.Handle(std::move(request)), &ToDone);
}

ObjectPtr Client::Live(const GroupVersionResource& resource, const ObjectKey& key) const {
  return store_.Find(resource.group_resource(), key);
}

std::vector<ObjectPtr> Client::LiveList(const GroupVersionResource& resource,
                                        const std::string& namespace_) const {
  std::vector<ObjectPtr> objects;
  store_.Visit(resource.group_resource(), {.namespace_ = namespace_}, [&](const ObjectPtr& object) {
    objects.push_back(object);
    return true;
  });
  return objects;
}

}  // namespace apiserver
