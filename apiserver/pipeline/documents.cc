#include "apiserver/pipeline/documents.h"

#include <algorithm>

#include "apiserver/discovery/documents.h"
#include "apiserver/discovery/openapi_v2.h"
#include "apiserver/discovery/openapi_v3.h"
#include "apiserver/encoding/media_type.h"
#include "apiserver/registry/routes.h"

namespace apiserver {
namespace {

enum class DiscoveryForm : std::uint8_t { kLegacy, kAggregated, kNone };

// The first clause that can be met decides, as upstream's aggregated discovery handler chooses.
DiscoveryForm NegotiateDiscovery(const std::string& accept) {
  for (const MediaType& clause : ParseAccept(accept)) {
    const bool is_json = clause.type == "application" && clause.subtype == "json";
    if (is_json && clause.Parameter("as") == "APIGroupDiscoveryList") {
      const bool is_v2 =
          clause.Parameter("g") == "apidiscovery.k8s.io" && clause.Parameter("v") == "v2";
      if (is_v2) return DiscoveryForm::kAggregated;
      continue;
    }
    if (!clause.Parameter("as").empty()) continue;
    if (is_json || (clause.type == "*" && clause.subtype == "*")) return DiscoveryForm::kLegacy;
    const bool is_other_serialisation =
        clause.type == "application" &&
        (clause.subtype == "yaml" || clause.subtype == "vnd.kubernetes.protobuf");
    if (is_other_serialisation) return DiscoveryForm::kLegacy;
  }
  return DiscoveryForm::kNone;
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
  response.headers.emplace_back("Cache-Control", "public");
  if (request.if_none_match == etag) {
    response.status = 304;
    response.body = std::monostate();
  }
  return response;
}

}  // namespace

namespace {

bool TakesJson(std::string_view accept) {
  return accept.empty() || accept.find("application/json") != std::string_view::npos ||
         accept.find("*/*") != std::string_view::npos ||
         accept.find("application/*") != std::string_view::npos;
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

Response Documents::Discovery(const Request& request, const std::string& key, const Make& legacy,
                              const Make& aggregated) {
  switch (NegotiateDiscovery(request.accept_header)) {
    case DiscoveryForm::kAggregated:
      return WithEtag(
          request, JsonDocument(Cached("aggregated " + key, aggregated), kAggregatedDiscoveryType));
    case DiscoveryForm::kLegacy:
      return JsonDocument(Cached(key, legacy));
    case DiscoveryForm::kNone:
      break;
  }
  return ErrorResponse(NotAcceptableError(
      "only the following media types are accepted: application/json, application/yaml, "
      "application/vnd.kubernetes.protobuf"));
}

std::optional<Response> Documents::HandleGroup(const Request&, const std::string& path) {
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
      return JsonDocument(Cached(path, [&] { return ApiGroupDocument(group); }));
    }
    for (const ServedVersion& version : group.versions) {
      if (version.version != version_name) continue;
      return JsonDocument(
          Cached(path, [&] { return ApiResourceListDocument(group.name, version); }));
    }
    // Custom groups have a dispatcher of their own, which says this in plain text.
    const bool is_custom = !group.versions.empty() && !group.versions.front().resources.empty() &&
                           group.versions.front().resources.front().is_custom;
    if (!is_custom && version_name.find('/') == std::string::npos)
      return ErrorResponse(NoSuchResourceError());
  }
  return std::nullopt;
}

std::optional<Response> Documents::HandleDiscovery(const Request& request,
                                                   const std::string& path) {
  if (path == "/api") {
    return Discovery(
        request, path, [&] { return ApiVersionsDocument(server_address_); },
        [&] { return AggregatedCoreDocument(groups_); });
  }
  if (path == "/apis") {
    return Discovery(
        request, path, [&] { return ApiGroupListDocument(groups_); },
        [&] { return AggregatedGroupsDocument(groups_); });
  }
  if (path.starts_with("/api/") || path.starts_with("/apis/")) return HandleGroup(request, path);
  return std::nullopt;
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
    return JsonDocument(Cached(path, [&] { return OpenApiV3Index(groups_); }));
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
  return WithEtag(request, JsonDocument(document));
}

std::optional<Response> Documents::Handle(const Request& request) {
  const std::string path = WithoutTrailingSlash(request.path);
  if (path == "/") return JsonDocument(Cached(path, [&] { return RootPathsDocument(groups_); }));
  if (auto health = HandleHealth(request)) return health;
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  if (path == "/version" && !TakesJson(request.accept_header)) {
    return ErrorResponse(
        NotAcceptableError("only the following media types are accepted: application/json"));
  }
  if (path == "/version") return JsonDocument(Cached(path, [] { return VersionDocument(); }));
  if (auto discovery = HandleDiscovery(request, path)) return discovery;
  return HandleOpenApi(request, path);
}

}  // namespace apiserver
