#include "apiserver/discovery/openapi_v2.h"

#include <algorithm>

#include "apiserver/api/json_write.h"
#include "apiserver/discovery/gnostic.h"
#include "apiserver/discovery/openapi_operations.h"
#include "apiserver/discovery/openapi_parameters.h"
#include "apiserver/discovery/openapi_schemas.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
constexpr std::string_view kSharedOptionsBody = "body-2Y1dVQaQ";
constexpr std::string_view kSharedPatchBody = "body-78PwaGsr";

constexpr std::string_view kObjectMedia[] = {
    "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
    "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"};
constexpr std::string_view kLogMedia[] = {"text/plain", "application/json", "application/yaml",
                                          "application/vnd.kubernetes.protobuf"};
constexpr std::string_view kAnyMedia[] = {"*/*"};
constexpr std::string_view kJwksMedia[] = {"application/jwk-set+json"};
constexpr std::string_view kPatchMedia[] = {
    "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json", "application/apply-patch+yaml"};
constexpr std::string_view kCustomPatchMedia[] = {
    "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"};

using MediaTypes = std::span<const std::string_view>;
constexpr MediaTypes kCustomMedia = MediaTypes(kObjectMedia).first(2);
constexpr MediaTypes kJsonMedia = MediaTypes(kObjectMedia).first(1);

MediaTypes Produces(OpenApiMedia media, bool is_custom) {
  if (is_custom) return kCustomMedia;
  switch (media) {
    case OpenApiMedia::kObject:
    case OpenApiMedia::kDiscovery:
      return MediaTypes(kObjectMedia).first(3);
    case OpenApiMedia::kStream:
      return kObjectMedia;
    case OpenApiMedia::kLog:
      return kLogMedia;
    case OpenApiMedia::kConnect:
      return kAnyMedia;
    case OpenApiMedia::kJson:
      return kJsonMedia;
    case OpenApiMedia::kJwks:
      return kJwksMedia;
  }
  SIM_CHECK(false);
}

// What an operation reads; nothing for the documents that only exist as text.
MediaTypes Consumes(const OpenApiOperation& operation, bool is_custom) {
  const bool is_patch = operation.body == OpenApiBody::kPatch;
  if (is_custom) return is_patch ? MediaTypes(kCustomPatchMedia) : kCustomMedia;
  if (is_patch) return kPatchMedia;
  if (!operation.action.empty()) return kAnyMedia;
  if (operation.response_definition.empty()) return {};
  return Produces(operation.media, false);
}

// Writes paths in version 2's dialect.
class V2Writer {
 public:
  V2Writer(OpenApiSchemas& schemas, JsonStorage storage) : schemas_(schemas), storage_(storage) {}

  Object Path(const OpenApiPath& path) {
    Object item(storage_);
    for (const OpenApiOperation& operation : path.operations)
      item.emplace(operation.method, Operation(operation, path.is_custom));
    if (!path.parameters.empty()) item.emplace("parameters", Parameters(path.parameters));
    return item;
  }

  Object SharedDefinitions() {
    Object definitions(storage_);
    definitions.emplace(kSharedOptionsBody,
                        Body(schemas_.Reference(std::string(kMeta) + "DeleteOptions"), false));
    definitions.emplace(kSharedPatchBody,
                        Body(schemas_.Reference(std::string(kMeta) + "Patch"), true));
    for (const OpenApiParameter& parameter : SharedParameters())
      definitions.emplace(parameter.shared_as, InPlace(parameter));
    return definitions;
  }

 private:
  Array Texts(MediaTypes texts) {
    Array array(storage_);
    for (const std::string_view text : texts) array.emplace_back(text);
    return array;
  }

  Object InPlace(const OpenApiParameter& parameter) {
    Object object({{"uniqueItems", true},
                   {"type", parameter.type},
                   {"name", parameter.name},
                   {"in", parameter.in_path ? "path" : "query"}},
                  storage_);
    if (parameter.in_path) object.emplace("required", true);
    return object;
  }

  Object Shared(std::string_view key) {
    return Object({{"$ref", "#/parameters/" + std::string(key)}}, storage_);
  }

  Object Body(Object schema, bool is_required) {
    Object body({{"name", "body"}, {"in", "body"}}, storage_);
    if (is_required) body.emplace("required", true);
    body.emplace("schema", std::move(schema));
    return body;
  }

  Array Parameters(const std::vector<OpenApiParameter>& parameters) {
    Array array(storage_);
    for (const OpenApiParameter& parameter : parameters) {
      array.push_back(parameter.shared_as.empty() ? InPlace(parameter)
                                                  : Shared(parameter.shared_as));
    }
    return array;
  }

  Object Operation(const OpenApiOperation& operation, bool is_custom) {
    Object object(storage_);
    const MediaTypes consumes = Consumes(operation, is_custom);
    if (!consumes.empty()) object.emplace("consumes", Texts(consumes));
    object.emplace("produces", Texts(Produces(operation.media, is_custom)));
    object.emplace("schemes", Array({"https"}, storage_));
    object.emplace("tags", Array({operation.tag}, storage_));
    object.emplace("operationId", operation.id);
    Array parameters(storage_);
    if (operation.body == OpenApiBody::kObject)
      parameters.push_back(Body(schemas_.Reference(operation.body_definition), true));
    if (operation.body == OpenApiBody::kDeleteOptions)
      parameters.push_back(Shared(kSharedOptionsBody));
    if (operation.body == OpenApiBody::kPatch) parameters.push_back(Shared(kSharedPatchBody));
    for (Value& parameter : Parameters(operation.parameters))
      parameters.push_back(std::move(parameter));
    if (!parameters.empty()) object.emplace("parameters", std::move(parameters));
    object.emplace("responses", Responses(operation));
    if (operation.action.empty()) return object;
    object.emplace("x-kubernetes-action", operation.action);
    object.emplace("x-kubernetes-group-version-kind", Object({{"group", operation.kind.group},
                                                              {"kind", operation.kind.kind},
                                                              {"version", operation.kind.version}},
                                                             storage_));
    return object;
  }

  Object Responses(const OpenApiOperation& operation) {
    Object responses(storage_);
    for (const int code : operation.codes) {
      Object schema = operation.response_definition.empty()
                          ? Object({{"type", "string"}}, storage_)
                          : schemas_.Reference(operation.response_definition);
      const std::string_view text = code == 201 ? "Created" : code == 202 ? "Accepted" : "OK";
      responses.emplace(std::to_string(code),
                        Object({{"description", text}, {"schema", std::move(schema)}}, storage_));
    }
    responses.emplace("401", Object({{"description", "Unauthorized"}}, storage_));
    return responses;
  }

  OpenApiSchemas& schemas_;
  JsonStorage storage_;
};

std::vector<OpenApiPath> AllOperations(std::span<const ServedGroup> groups) {
  std::vector<OpenApiPath> all = RootOperations();
  for (const ServedGroup& group : groups) {
    bool is_builtin = false;
    for (const ServedVersion& version : group.versions) {
      for (const ServedResource& resource : version.resources)
        is_builtin = is_builtin || !resource.is_custom;
      std::vector<OpenApiPath> paths = VersionOperations(group, version);
      std::move(paths.begin(), paths.end(), std::back_inserter(all));
    }
    if (is_builtin) all.push_back(GroupOperations(group));
  }
  std::sort(all.begin(), all.end(),
            [](const OpenApiPath& a, const OpenApiPath& b) { return a.path < b.path; });
  return all;
}

Value Document(std::span<const ServedGroup> groups, JsonStorage storage) {
  OpenApiSchemas schemas(OpenApiDialect::kV2, "", "", storage);
  for (const ServedGroup& group : groups) {
    for (const ServedVersion& version : group.versions) {
      for (const ServedResource& resource : version.resources) {
        if (resource.is_custom) schemas.AddCustom(group.name, version.version, resource);
      }
    }
  }
  V2Writer writer(schemas, storage);
  Object paths(storage);
  for (const OpenApiPath& path : AllOperations(groups)) paths.emplace(path.path, writer.Path(path));
  Object parameters = writer.SharedDefinitions();
  const Object token({{"type", "apiKey"}, {"name", "authorization"}, {"in", "header"}}, storage);
  return Object(
      {{"swagger", "2.0"},
       {"info", Object({{"title", "Kubernetes"}, {"version", "1.36"}}, storage)},
       {"paths", std::move(paths)},
       {"definitions", schemas.Take()},
       {"parameters", std::move(parameters)},
       {"securityDefinitions", Object({{"BearerToken", token}}, storage)},
       {"security", Array({Object({{"BearerToken", Array(storage)}}, storage)}, storage)}},
      storage);
}

}  // namespace

OpenApiV2Documents MakeOpenApiV2(std::span<const ServedGroup> groups) {
  const JsonStorage storage =
      boost::json::make_shared_resource<boost::json::monotonic_resource>(1024 * 1024);
  const Value document = Document(groups, storage);
  OpenApiV2Documents documents;
  AppendJson(document, documents.json);
  AppendGnostic(document, documents.protobuf);
  return documents;
}

}  // namespace apiserver
