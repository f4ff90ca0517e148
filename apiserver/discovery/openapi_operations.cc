#include "apiserver/discovery/openapi_operations.h"

#include <algorithm>
#include <utility>

#include "apiserver/discovery/openapi_parameters.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// Kinds whose deletion answers the object instead of a Status.
constexpr std::string_view kDeletedObjects[] = {"CSIDriver",
                                                "CSINode",
                                                "DeviceClass",
                                                "PersistentVolume",
                                                "PersistentVolumeClaim",
                                                "Pod",
                                                "PodTemplate",
                                                "ResourceClaim",
                                                "ResourceClaimTemplate",
                                                "ResourceQuota",
                                                "ResourceSlice",
                                                "Service",
                                                "ServiceAccount",
                                                "StorageClass",
                                                "VolumeAttachment",
                                                "VolumeAttributesClass"};

std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// "rbac.authorization.k8s.io" is "RbacAuthorization" in operation ids.
std::string GroupWord(std::string_view group) {
  if (group.empty()) return "Core";
  if (group.ends_with(".k8s.io")) group.remove_suffix(7);
  std::string word;
  while (!group.empty()) {
    const std::size_t dot = std::min(group.find('.'), group.size());
    word += Capitalized(std::string(group.substr(0, dot)));
    group.remove_prefix(std::min(dot + 1, group.size()));
  }
  return word;
}

std::string GroupTag(std::string_view group) {
  std::string word = GroupWord(group);
  word[0] = static_cast<char>(word[0] - 'A' + 'a');
  return word;
}

bool Has(const std::vector<std::string>& verbs, std::string_view verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

// Makes the paths of one group-version.
class PathMaker {
 public:
  PathMaker(const ServedGroup& group, const ServedVersion& version)
      : group_(group),
        version_(version),
        root_((group.name.empty() ? "/api/" : "/apis/" + group.name + '/') + version.version) {}

  std::vector<OpenApiPath> Make() {
    for (const ServedResource& resource : version_.resources) {
      AddCollection(resource);
      AddItem(resource);
      for (const ServedSubresource& subresource : resource.subresources)
        AddSubresource(resource, subresource);
      if (!resource.is_custom && Has(resource.verbs, "watch")) AddWatches(resource);
    }
    return std::move(paths_);
  }

  // GET of the list of resources.
  void AddResourceList() {
    OpenApiPath path{.path = root_ + '/'};
    path.operations.push_back({.method = "get",
                               .id = "get" + Prefix() + "APIResources",
                               .tag = Tag(),
                               .codes = {200},
                               .response_definition = std::string(kMeta) + "APIResourceList",
                               .media = OpenApiMedia::kDiscovery});
    paths_.push_back(std::move(path));
  }

 private:
  std::string Prefix() const { return GroupWord(group_.name) + Capitalized(version_.version); }
  std::string Tag() const { return GroupTag(group_.name) + '_' + version_.version; }

  std::string Definition(const Type* type, std::string_view kind) const {
    return type != nullptr ? std::string(type->name)
                           : CustomDefinitionName(group_.name, version_.version, kind);
  }

  std::string ListDefinition(const ServedResource& resource) const {
    const Type* type =
        resource.is_custom ? nullptr : FindType(group_.name, version_.version, resource.list_kind);
    return Definition(type, resource.list_kind);
  }

  ServedKind OwnKind(const ServedResource& resource) const {
    return {group_.name, version_.version, resource.kind};
  }

  static std::string Scope(const ServedResource& resource) {
    return resource.namespaced ? "Namespaced" : "";
  }

  std::string CollectionPath(const ServedResource& resource, std::string_view below = "") const {
    return root_ + std::string(below) + (resource.namespaced ? "/namespaces/{namespace}/" : "/") +
           resource.resource;
  }

  OpenApiOperation Operation(std::string_view method, std::string id, std::string_view action,
                             ServedKind kind, bool namespaced, bool named) const {
    OpenApiOperation operation{.method = method,
                               .id = std::move(id),
                               .tag = Tag(),
                               .action = action,
                               .kind = std::move(kind),
                               .codes = {200}};
    if (named) operation.parameters.push_back(NameParameter());
    if (namespaced) operation.parameters.push_back(NamespaceParameter());
    if (action != "connect") operation.parameters.push_back(PrettyParameter());
    return operation;
  }

  static void Add(std::vector<OpenApiParameter> parameters, OpenApiOperation& operation) {
    operation.parameters.insert(operation.parameters.end(), parameters.begin(), parameters.end());
  }

  void Finish(OpenApiPath path, bool is_custom) {
    if (path.operations.empty()) return;
    path.is_custom = is_custom;
    HoistParameters(path);
    paths_.push_back(std::move(path));
  }

  OpenApiOperation List(const ServedResource& resource, std::string id, bool namespaced) const {
    OpenApiOperation operation =
        Operation("get", std::move(id), "list", OwnKind(resource), namespaced, false);
    Add(ListParameters(), operation);
    operation.response_definition = ListDefinition(resource);
    operation.media = OpenApiMedia::kStream;
    return operation;
  }

  OpenApiOperation Post(std::string id, ServedKind kind, std::string definition, bool namespaced,
                        bool named) const {
    OpenApiOperation operation =
        Operation("post", std::move(id), "post", std::move(kind), namespaced, named);
    Add(WriteParameters(), operation);
    operation.body = OpenApiBody::kObject;
    operation.body_definition = definition;
    operation.response_definition = std::move(definition);
    operation.codes = {200, 201, 202};
    return operation;
  }

  void AddCollection(const ServedResource& resource) {
    const std::string scope = Scope(resource);
    OpenApiPath path{.path = CollectionPath(resource)};
    if (Has(resource.verbs, "list")) {
      path.operations.push_back(
          List(resource, "list" + Prefix() + scope + resource.kind, resource.namespaced));
      if (resource.namespaced) {
        OpenApiPath all{.path = root_ + '/' + resource.resource};
        all.operations.push_back(
            List(resource, "list" + Prefix() + resource.kind + "ForAllNamespaces", false));
        Finish(std::move(all), resource.is_custom);
      }
    }
    if (Has(resource.verbs, "create")) {
      path.operations.push_back(Post("create" + Prefix() + scope + resource.kind, OwnKind(resource),
                                     Definition(resource.type, resource.kind), resource.namespaced,
                                     false));
    }
    if (Has(resource.verbs, "deletecollection")) {
      OpenApiOperation operation =
          Operation("delete", "delete" + Prefix() + "Collection" + scope + resource.kind,
                    "deletecollection", OwnKind(resource), resource.namespaced, false);
      if (resource.is_custom) {
        Add(ListParameters(), operation);
      } else {
        Add(DeleteCollectionParameters(), operation);
        operation.body = OpenApiBody::kDeleteOptions;
      }
      operation.response_definition = std::string(kMeta) + "Status";
      path.operations.push_back(std::move(operation));
    }
    Finish(std::move(path), resource.is_custom);
  }

  // GET, PUT, PATCH of an item or one of its subresources.
  void AddReadsAndWrites(const std::string& id_tail, const std::vector<std::string>& verbs,
                         const ServedKind& kind, const std::string& definition,
                         const ServedResource& resource, OpenApiPath& path) const {
    const bool namespaced = resource.namespaced;
    if (Has(verbs, "get")) {
      OpenApiOperation operation =
          Operation("get", "read" + id_tail, "get", kind, namespaced, true);
      if (resource.is_custom) Add(GetParameters(), operation);
      operation.response_definition = definition;
      path.operations.push_back(std::move(operation));
    }
    if (Has(verbs, "update")) {
      OpenApiOperation operation =
          Operation("put", "replace" + id_tail, "put", kind, namespaced, true);
      Add(WriteParameters(), operation);
      operation.body = OpenApiBody::kObject;
      operation.body_definition = definition;
      operation.response_definition = definition;
      operation.codes = {200, 201};
      path.operations.push_back(std::move(operation));
    }
    if (Has(verbs, "patch")) {
      OpenApiOperation operation =
          Operation("patch", "patch" + id_tail, "patch", kind, namespaced, true);
      Add(PatchParameters(), operation);
      operation.body = OpenApiBody::kPatch;
      operation.response_definition = definition;
      if (!resource.is_custom) operation.codes = {200, 201};
      path.operations.push_back(std::move(operation));
    }
  }

  void AddItem(const ServedResource& resource) {
    OpenApiPath path{.path = CollectionPath(resource) + "/{name}"};
    const std::string tail = Prefix() + Scope(resource) + resource.kind;
    const std::string definition = Definition(resource.type, resource.kind);
    AddReadsAndWrites(tail, resource.verbs, OwnKind(resource), definition, resource, path);
    if (Has(resource.verbs, "delete")) {
      OpenApiOperation operation = Operation("delete", "delete" + tail, "delete", OwnKind(resource),
                                             resource.namespaced, true);
      Add(DeleteParameters(), operation);
      const bool answers_object =
          !resource.is_custom && std::find(std::begin(kDeletedObjects), std::end(kDeletedObjects),
                                           resource.kind) != std::end(kDeletedObjects);
      operation.body = OpenApiBody::kDeleteOptions;
      operation.response_definition = answers_object ? definition : std::string(kMeta) + "Status";
      operation.codes = {200, 202};
      path.operations.push_back(std::move(operation));
    }
    Finish(std::move(path), resource.is_custom);
  }

  void AddSubresource(const ServedResource& resource, const ServedSubresource& subresource) {
    OpenApiPath path{.path = CollectionPath(resource) + "/{name}/" + subresource.name};
    const std::string tail =
        Prefix() + Scope(resource) + resource.kind + Capitalized(subresource.name);
    const bool is_connect = subresource.kind.kind.ends_with("Options");
    if (is_connect) return AddConnect(resource, subresource);
    const std::string definition = Definition(subresource.type, subresource.kind.kind);
    if (Has(subresource.verbs, "create")) {
      path.operations.push_back(
          Post("create" + tail, subresource.kind, definition, resource.namespaced, true));
    }
    const ServedKind kind = resource.is_custom ? OwnKind(resource) : subresource.kind;
    AddReadsAndWrites(tail, subresource.verbs, kind, definition, resource, path);
    if (subresource.name == "log") {
      OpenApiOperation& operation = path.operations.front();
      operation.media = OpenApiMedia::kLog;
      operation.response_definition.clear();
      Add(OptionsParameters(*FindType("", "v1", "PodLogOptions")), operation);
    }
    Finish(std::move(path), resource.is_custom);
  }

  // exec, attach, portforward and proxy; the last takes every method and any path below.
  void AddConnect(const ServedResource& resource, const ServedSubresource& subresource) {
    const bool is_proxy = subresource.name == "proxy";
    std::vector<std::string_view> methods{"get", "post"};
    if (is_proxy) methods = {"get", "put", "post", "delete", "options", "head", "patch"};
    for (const bool with_path : {false, true}) {
      if (with_path && !is_proxy) break;
      OpenApiPath path{.path = CollectionPath(resource) + "/{name}/" + subresource.name +
                               (with_path ? "/{path}" : "")};
      for (const std::string_view method : methods) {
        std::string id = "connect" + Prefix() + Capitalized(std::string(method)) + Scope(resource) +
                         resource.kind + Capitalized(subresource.name) +
                         (with_path ? "WithPath" : "");
        OpenApiOperation operation = Operation(method, std::move(id), "connect", subresource.kind,
                                               resource.namespaced, true);
        Add(OptionsParameters(*subresource.type), operation);
        if (with_path) operation.parameters.push_back(ProxyPathParameter());
        operation.media = OpenApiMedia::kConnect;
        path.operations.push_back(std::move(operation));
      }
      Finish(std::move(path), false);
    }
  }

  void AddWatches(const ServedResource& resource) {
    const std::string scope = Scope(resource);
    AddWatch(resource, CollectionPath(resource, "/watch"),
             "watch" + Prefix() + scope + resource.kind + "List", "watchlist", resource.namespaced,
             false);
    AddWatch(resource, CollectionPath(resource, "/watch") + "/{name}",
             "watch" + Prefix() + scope + resource.kind, "watch", resource.namespaced, true);
    if (!resource.namespaced) return;
    AddWatch(resource, root_ + "/watch/" + resource.resource,
             "watch" + Prefix() + resource.kind + "ListForAllNamespaces", "watchlist", false,
             false);
  }

  void AddWatch(const ServedResource& resource, std::string path_text, std::string id,
                std::string_view action, bool namespaced, bool named) {
    OpenApiPath path{.path = std::move(path_text)};
    OpenApiOperation operation =
        Operation("get", std::move(id), action, OwnKind(resource), namespaced, named);
    Add(ListParameters(), operation);
    operation.response_definition = std::string(kMeta) + "WatchEvent";
    operation.media = OpenApiMedia::kStream;
    path.operations.push_back(std::move(operation));
    Finish(std::move(path), false);
  }

  const ServedGroup& group_;
  const ServedVersion& version_;
  std::string root_;
  std::vector<OpenApiPath> paths_;
};

OpenApiPath PlainGet(std::string path, std::string id, std::string tag, std::string definition,
                     OpenApiMedia media) {
  OpenApiPath result{.path = std::move(path)};
  result.operations.push_back({.method = "get",
                               .id = std::move(id),
                               .tag = std::move(tag),
                               .codes = {200},
                               .response_definition = std::move(definition),
                               .media = media});
  return result;
}

bool IsCustom(const ServedVersion& version) {
  return std::all_of(version.resources.begin(), version.resources.end(),
                     [](const ServedResource& resource) { return resource.is_custom; });
}

}  // namespace

std::vector<OpenApiPath> VersionOperations(const ServedGroup& group, const ServedVersion& version) {
  PathMaker maker(group, version);
  if (!IsCustom(version)) maker.AddResourceList();
  return maker.Make();
}

OpenApiPath GroupOperations(const ServedGroup& group) {
  if (group.name.empty()) {
    return PlainGet("/api/", "getCoreAPIVersions", "core", std::string(kMeta) + "APIVersions",
                    OpenApiMedia::kDiscovery);
  }
  return PlainGet("/apis/" + group.name + '/', "get" + GroupWord(group.name) + "APIGroup",
                  GroupTag(group.name), std::string(kMeta) + "APIGroup", OpenApiMedia::kDiscovery);
}

std::vector<OpenApiPath> RootOperations() {
  return {
      PlainGet("/apis/", "getAPIVersions", "apis", std::string(kMeta) + "APIGroupList",
               OpenApiMedia::kDiscovery),
      PlainGet("/version/", "getCodeVersion", "version", "io.k8s.apimachinery.pkg.version.Info",
               OpenApiMedia::kJson),
      PlainGet("/.well-known/openid-configuration/", "getServiceAccountIssuerOpenIDConfiguration",
               "WellKnown", "", OpenApiMedia::kJson),
      PlainGet("/openid/v1/jwks/", "getServiceAccountIssuerOpenIDKeyset", "openid", "",
               OpenApiMedia::kJwks)};
}

std::string CustomDefinitionName(std::string_view group, std::string_view version,
                                 std::string_view kind) {
  std::string name;
  while (!group.empty()) {
    const std::size_t dot = group.rfind('.');
    const std::size_t start = dot == std::string_view::npos ? 0 : dot + 1;
    name += std::string(group.substr(start)) + '.';
    group = group.substr(0, start == 0 ? 0 : dot);
  }
  return name + std::string(version) + '.' + std::string(kind);
}

}  // namespace apiserver
