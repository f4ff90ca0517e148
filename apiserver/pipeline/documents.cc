#include "apiserver/pipeline/documents.h"

#include <algorithm>

#include "apiserver/discovery/documents.h"
#include "apiserver/discovery/openapi_v2.h"
#include "apiserver/discovery/openapi_v3.h"
#include "apiserver/encoding/media_type.h"
#include "apiserver/encoding/negotiate.h"
#include "apiserver/registry/routes.h"

namespace apiserver {
namespace {

// Whether the first clause that can be met asks for the aggregated form, as upstream's handler of
// aggregated discovery chooses.
bool WantsAggregated(const std::string& accept) {
  for (const MediaType& clause : ParseAccept(accept)) {
    const bool is_json = clause.type == "application" && clause.subtype == "json";
    if (is_json && clause.Parameter("as") == "APIGroupDiscoveryList") {
      if (clause.Parameter("g") == "apidiscovery.k8s.io" && clause.Parameter("v") == "v2") {
        return true;
      }
      continue;
    }
    if (!clause.Parameter("as").empty()) continue;
    if (is_json || (clause.type == "*" && clause.subtype == "*")) return false;
    const bool is_other_serialisation =
        clause.type == "application" &&
        (clause.subtype == "yaml" || clause.subtype == "vnd.kubernetes.protobuf");
    if (is_other_serialisation) return false;
  }
  return false;
}

Response JsonDocument(SharedBytes bytes, std::string_view content_type = "application/json") {
  Response response;
  response.content_type = std::string(content_type);
  response.body = std::move(bytes);
  return response;
}

std::string WithoutTrailingSlash(const std::string& path) {
  return path.size() > 1 && path.back() == '/' ? path.substr(0, path.size() - 1) : path;
}

// Answers 304 to a client that has these bytes already.
Response WithEtag(const Request& request, Response response) {
  const std::string etag = "\"" + DocumentHash(*std::get<SharedBytes>(response.body)) + "\"";
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Vary", "Accept");
  if (request.if_none_match == etag) {
    response.status = 304;
    response.body = std::monostate();
  }
  return response;
}

// go-restful's routes know GET alone; other handlers do not look at the method.
enum class Methods : std::uint8_t { kGet, kAny };

// A document that is encoded as accepted.
template <class Make>
Response Negotiated(const Request& request, Methods methods, Make make) {
  if (methods == Methods::kGet && request.method != "GET") {
    return ErrorResponse(NoSuchMethodError());
  }
  const Offer offer{.has_views = false, .is_routed = methods == Methods::kGet};
  const ApiResult<Accepted> accepted = NegotiateAnswer(request.accept_header, offer, "", nullptr);
  if (!accepted) return ErrorResponse(accepted.error());
  Response response = JsonDocument(make());
  response.is_negotiated = true;
  return response;
}

// Whose discovery the aggregator serves by itself.
constexpr std::string_view kAggregatorGroup = "apiregistration.k8s.io";

bool IsCustom(const ServedGroup& group) {
  return !group.versions.empty() && !group.versions.front().resources.empty() &&
         group.versions.front().resources.front().is_custom;
}

// The index names documents by their hash: such a one never changes, and one with another is sent
// on to the present one.
Response Hashed(const Request& request, Response response) {
  const std::string* asked = request.Query("hash");
  if (asked == nullptr || asked->empty() || response.status != 200) return response;
  const std::string hash = DocumentHash(*std::get<SharedBytes>(response.body));
  if (*asked == hash) {
    response.headers.emplace_back("Cache-Control", "public, immutable");
    return response;
  }
  response.status = 301;
  response.headers.emplace_back("Location", request.path + "?hash=" + hash);
  response.body = std::monostate();
  return response;
}

}  // namespace

Documents::Documents(std::string server_address)
    : server_address_(std::move(server_address)), groups_(BuiltinServedGroups()) {}

void Documents::SetCustomGroups(std::vector<ServedGroup> groups) {
  groups_ = BuiltinServedGroups();
  std::sort(groups.begin(), groups.end(),
            [](const ServedGroup& a, const ServedGroup& b) { return a.name < b.name; });
  for (ServedGroup& group : groups) groups_.push_back(std::move(group));
  cache_.clear();
}

void Documents::SetServerAddress(std::string server_address) {
  server_address_ = std::move(server_address);
  cache_.clear();
}

SharedBytes Documents::Cached(const std::string& key, const Make& make) {
  SharedBytes& bytes = cache_[key];
  if (!bytes) bytes = std::make_shared<const std::string>(make());
  return bytes;
}

std::optional<Response> Documents::HandleGroup(const Request& request, const std::string& path) {
  const bool is_core = path.starts_with("/api/");
  const std::string rest = path.substr(is_core ? 5 : 6);
  const std::size_t slash = rest.find('/');
  const std::string group_name = is_core ? "" : rest.substr(0, slash);
  const std::string version_name = is_core                      ? rest
                                   : slash == std::string::npos ? ""
                                                                : rest.substr(slash + 1);
  for (const ServedGroup& group : groups_) {
    if (group.name != group_name) continue;
    if (version_name.empty()) {
      const Methods methods = group.name == kAggregatorGroup ? Methods::kGet : Methods::kAny;
      return Negotiated(request, methods,
                        [&] { return Cached(path, [&] { return ApiGroupDocument(group); }); });
    }
    for (const ServedVersion& version : group.versions) {
      if (version.version != version_name) continue;
      return Negotiated(request, IsCustom(group) ? Methods::kAny : Methods::kGet, [&] {
        return Cached(path, [&] { return ApiResourceListDocument(group.name, version); });
      });
    }
    // Custom groups have a dispatcher of their own, which says this in plain text.
    if (!IsCustom(group) && version_name.find('/') == std::string::npos)
      return ErrorResponse(NoSuchResourceError());
  }
  return std::nullopt;
}

std::optional<Response> Documents::HandleDiscovery(const Request& request,
                                                   const std::string& path) {
  const auto aggregated = [&](const Make& make) {
    Response response = WithEtag(
        request, JsonDocument(Cached("aggregated " + path, make), kAggregatedDiscoveryType));
    response.headers.emplace_back("Cache-Control", "public");
    return response;
  };
  const bool is_root = path == "/api" || path == "/apis";
  const bool is_aggregated = is_root && WantsAggregated(request.accept_header);
  if (path == "/api") {
    if (is_aggregated) return aggregated([&] { return AggregatedCoreDocument(groups_); });
    return Negotiated(request, Methods::kGet, [&] {
      return Cached(path, [&] { return ApiVersionsDocument(server_address_); });
    });
  }
  if (path == "/apis") {
    if (is_aggregated) return aggregated([&] { return AggregatedGroupsDocument(groups_); });
    return Negotiated(request, Methods::kAny,
                      [&] { return Cached(path, [&] { return ApiGroupListDocument(groups_); }); });
  }
  if (path.starts_with("/api/") || path.starts_with("/apis/")) return HandleGroup(request, path);
  return std::nullopt;
}

Response Documents::Version(const Request& request) {
  if (request.method != "GET") return ErrorResponse(NoSuchMethodError());
  if (auto refused = RefusedByRoute(request.accept_header, {.is_json_only = true})) {
    return ErrorResponse(*refused);
  }
  return JsonDocument(Cached("/version", [] { return VersionDocument(); }));
}

std::optional<Response> Documents::HandleOpenApi(const Request& request, const std::string& path) {
  if (path == "/openapi/v2") {
    const std::string protobuf_path = "protobuf " + path;
    if (!cache_.contains(path)) {
      OpenApiV2Documents documents = MakeOpenApiV2(groups_);
      cache_[path] = std::make_shared<const std::string>(std::move(documents.json));
      cache_[protobuf_path] = std::make_shared<const std::string>(std::move(documents.protobuf));
    }
    for (const std::string_view type : kOpenApiV2ProtobufTypes) {
      if (request.accept_header.find(type) == std::string::npos) continue;
      return WithEtag(request, JsonDocument(cache_[protobuf_path], kOpenApiV2ProtobufAnswerType));
    }
    return WithEtag(request, JsonDocument(cache_[path]));
  }
  if (path == "/openapi/v3") {
    // Go's ServeContent does not look for JSON.
    return JsonDocument(Cached(path, [&] { return OpenApiV3Index(groups_); }),
                        "text/plain; charset=utf-8");
  }
  const std::string prefix = "/openapi/v3/";
  if (!path.starts_with(prefix)) return std::nullopt;
  const SharedBytes document =
      Cached(path, [&] { return OpenApiV3Document(groups_, path.substr(prefix.size())); });
  if (document->empty()) {
    Response missing;
    missing.status = 404;
    missing.content_type.clear();
    return missing;
  }
  return Hashed(request, WithEtag(request, JsonDocument(document)));
}

std::optional<Response> Documents::Handle(const Request& request) {
  const std::string path = WithoutTrailingSlash(request.path);
  if (path == "/") return JsonDocument(Cached(path, [&] { return RootPathsDocument(groups_); }));
  if (auto health = HandleHealth(request)) return health;
  if (path == "/version") return Version(request);
  if (auto discovery = HandleDiscovery(request, path)) return discovery;
  return HandleOpenApi(request, request.path);
}

}  // namespace apiserver
