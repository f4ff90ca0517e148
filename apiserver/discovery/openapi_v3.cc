#include "apiserver/discovery/openapi_v3.h"

#include <algorithm>
#include <vector>

#include "apiserver/api/json_write.h"
#include "apiserver/discovery/openapi_operations.h"
#include "apiserver/discovery/openapi_schemas.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kObjectMedia[] = {
    "application/json", "application/vnd.kubernetes.protobuf", "application/yaml"};
constexpr std::string_view kStreamMedia[] = {
    "application/json", "application/json;stream=watch", "application/vnd.kubernetes.protobuf",
    "application/vnd.kubernetes.protobuf;stream=watch", "application/yaml"};
constexpr std::string_view kLogMedia[] = {"application/json", "application/vnd.kubernetes.protobuf",
                                          "application/yaml", "text/plain"};
constexpr std::string_view kAnyMedia[] = {"*/*"};
constexpr std::string_view kJsonMedia[] = {"application/json"};
constexpr std::string_view kJwksMedia[] = {"application/jwk-set+json"};
constexpr std::string_view kCustomMedia[] = {"application/json", "application/yaml"};
constexpr std::string_view kPatchMedia[] = {
    "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json"};

std::span<const std::string_view> MediaTypes(OpenApiMedia media, bool is_custom) {
  if (is_custom) return kCustomMedia;
  switch (media) {
    case OpenApiMedia::kObject:
    case OpenApiMedia::kDiscovery:
      return kObjectMedia;
    case OpenApiMedia::kStream:
      return kStreamMedia;
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

std::string_view CodeText(int code) {
  return code == 201 ? "Created" : code == 202 ? "Accepted" : "OK";
}

// Writes paths in version 3's dialect.
class V3Writer {
 public:
  V3Writer(OpenApiSchemas& schemas, JsonStorage storage) : schemas_(schemas), storage_(storage) {}

  Object Path(const OpenApiPath& path) {
    Object item(storage_);
    for (const OpenApiOperation& operation : path.operations)
      item.emplace(operation.method, Operation(operation, path.is_custom));
    if (!path.parameters.empty()) item.emplace("parameters", Parameters(path.parameters));
    return item;
  }

 private:
  Array Parameters(const std::vector<OpenApiParameter>& parameters) {
    Array array(storage_);
    for (const OpenApiParameter& parameter : parameters) {
      Object object({{"name", parameter.name}, {"in", parameter.in_path ? "path" : "query"}},
                    storage_);
      if (parameter.in_path) object.emplace("required", true);
      object.emplace("schema", Object({{"type", parameter.type}, {"uniqueItems", true}}, storage_));
      array.push_back(std::move(object));
    }
    return array;
  }

  Object Content(std::span<const std::string_view> media_types, const Object& schema) {
    Object content(storage_);
    for (const std::string_view media_type : media_types)
      content.emplace(media_type, Object({{"schema", schema}}, storage_));
    return content;
  }

  Object Body(const OpenApiOperation& operation, bool is_custom) {
    constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    const bool is_patch = operation.body == OpenApiBody::kPatch;
    const bool is_options = operation.body == OpenApiBody::kDeleteOptions;
    const std::string definition = is_patch     ? std::string(kMeta) + "Patch"
                                   : is_options ? std::string(kMeta) + "DeleteOptions"
                                                : operation.body_definition;
    std::span<const std::string_view> media = kAnyMedia;
    if (is_custom) media = kCustomMedia;
    // Custom resources have no strategic merge patch.
    if (is_patch) media = std::span(kPatchMedia).first(is_custom ? 3 : 4);
    Object body({{"content", Content(media, schemas_.Reference(definition))}}, storage_);
    if (!is_options) body.emplace("required", true);
    return body;
  }

  Object Operation(const OpenApiOperation& operation, bool is_custom) {
    Object object({{"tags", Array({operation.tag}, storage_)}, {"operationId", operation.id}},
                  storage_);
    if (!operation.parameters.empty())
      object.emplace("parameters", Parameters(operation.parameters));
    if (operation.body != OpenApiBody::kNone)
      object.emplace("requestBody", Body(operation, is_custom));
    const Object schema = operation.response_definition.empty()
                              ? Object({{"type", "string"}}, storage_)
                              : schemas_.Reference(operation.response_definition);
    Object responses(storage_);
    for (const int code : operation.codes) {
      responses.emplace(
          std::to_string(code),
          Object({{"description", CodeText(code)},
                  {"content", Content(MediaTypes(operation.media, is_custom), schema)}},
                 storage_));
    }
    responses.emplace("401", Object({{"description", "Unauthorized"}}, storage_));
    object.emplace("responses", std::move(responses));
    if (operation.action.empty()) return object;
    object.emplace("x-kubernetes-action", operation.action);
    object.emplace("x-kubernetes-group-version-kind", Object({{"group", operation.kind.group},
                                                              {"version", operation.kind.version},
                                                              {"kind", operation.kind.kind}},
                                                             storage_));
    return object;
  }

  OpenApiSchemas& schemas_;
  JsonStorage storage_;
};

// What a path of the index stands for.
struct Place {
  const ServedGroup* group = nullptr;      // nullptr: one of the root operations
  const ServedVersion* version = nullptr;  // nullptr: the group itself
};

std::string GroupPath(const ServedGroup& group) {
  return group.name.empty() ? "api" : "apis/" + group.name;
}

bool IsCustom(const ServedVersion& version) {
  return !version.resources.empty() &&
         std::all_of(version.resources.begin(), version.resources.end(),
                     [](const ServedResource& resource) { return resource.is_custom; });
}

// The index's paths with what they stand for. Groups of custom resources have no document of their
// own.
std::vector<std::pair<std::string, Place>> Places(std::span<const ServedGroup> groups) {
  std::vector<std::pair<std::string, Place>> places;
  for (const OpenApiPath& path : RootOperations())
    places.emplace_back(path.path.substr(1, path.path.size() - 2), Place{});
  for (const ServedGroup& group : groups) {
    bool is_builtin = false;
    for (const ServedVersion& version : group.versions) {
      if (version.resources.empty()) continue;
      places.emplace_back(GroupPath(group) + '/' + version.version, Place{&group, &version});
      is_builtin = is_builtin || !IsCustom(version);
    }
    if (is_builtin) places.emplace_back(GroupPath(group), Place{&group, nullptr});
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return places;
}

std::string HashOf(const std::string& path, const Place& place) {
  std::string text = "1.36.3 " + path;
  if (place.version != nullptr && IsCustom(*place.version)) {
    text += ApiResourceFingerprint(*place.version);
  }
  return DocumentHash(text);
}

}  // namespace

std::string OpenApiV3Index(std::span<const ServedGroup> groups) {
  Object paths;
  for (const auto& [path, place] : Places(groups)) {
    paths.emplace(path, Object{{"serverRelativeURL",
                                "/openapi/v3/" + path + "?hash=" + HashOf(path, place)}});
  }
  return ToJson(Object{{"paths", std::move(paths)}});
}

std::string OpenApiV3Hash(std::span<const ServedGroup> groups, std::string_view path) {
  for (const auto& [name, place] : Places(groups)) {
    if (name == path) return HashOf(name, place);
  }
  return "";
}

std::string OpenApiV3Document(std::span<const ServedGroup> groups, std::string_view path) {
  const auto places = Places(groups);
  const auto found = std::find_if(places.begin(), places.end(),
                                  [path](const auto& entry) { return entry.first == path; });
  if (found == places.end()) return "";
  const Place place = found->second;
  const JsonStorage storage =
      boost::json::make_shared_resource<boost::json::monotonic_resource>(256 * 1024);
  OpenApiSchemas schemas(OpenApiDialect::kV3, place.group == nullptr ? "" : place.group->name,
                         place.version == nullptr ? "" : place.version->version, storage);
  std::vector<OpenApiPath> operations;
  bool is_custom = false;
  if (place.group == nullptr) {
    operations = RootOperations();
    std::erase_if(operations, [path](const OpenApiPath& operation) {
      return operation.path != '/' + std::string(path) + '/';
    });
  } else if (place.version == nullptr) {
    operations.push_back(GroupOperations(*place.group));
  } else {
    is_custom = IsCustom(*place.version);
    for (const ServedResource& resource : place.version->resources) {
      if (resource.is_custom)
        schemas.AddCustom(place.group->name, place.version->version, resource);
    }
    operations = VersionOperations(*place.group, *place.version);
  }
  V3Writer writer(schemas, storage);
  Object paths(storage);
  for (const OpenApiPath& operation : operations)
    paths.emplace(operation.path, writer.Path(operation));
  Object components(storage);
  Object all = schemas.Take();
  if (!all.empty()) components.emplace("schemas", std::move(all));
  const Object token({{"type", "apiKey"}, {"name", "authorization"}, {"in", "header"}}, storage);
  if (!is_custom) components.emplace("securitySchemes", Object({{"BearerToken", token}}, storage));
  const Object info({{"title", is_custom ? "Kubernetes CRD Swagger" : "Kubernetes"},
                     {"version", is_custom ? "v0.1.0" : "1.36"}},
                    storage);
  return ToJson(Object({{"openapi", "3.0.0"},
                        {"info", info},
                        {"paths", std::move(paths)},
                        {"components", std::move(components)}},
                       storage));
}

}  // namespace apiserver
