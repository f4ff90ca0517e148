#include "apiserver/discovery/documents.h"

#include <algorithm>
#include <vector>

#include "apiserver/api/json_write.h"
#include "apiserver/discovery/health_checks.h"

namespace apiserver {
namespace {

Array Texts(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::string Indented(const Value& value) {
  std::string out;
  AppendJsonPretty(value, out);
  return out;
}

Object GroupVersion(std::string_view group, std::string_view version) {
  return {{"groupVersion", GroupVersionText(group, version)}, {"version", version}};
}

Object Group(const ServedGroup& group, bool with_type) {
  Object object;
  if (with_type) object = {{"kind", "APIGroup"}, {"apiVersion", "v1"}};
  object.emplace("name", group.name);
  Array versions;
  for (const ServedVersion& version : group.versions)
    versions.push_back(GroupVersion(group.name, version.version));
  object.emplace("versions", std::move(versions));
  if (!group.versions.empty())
    object.emplace("preferredVersion", GroupVersion(group.name, group.versions[0].version));
  return object;
}

Object Resource(const ServedResource& resource) {
  Object object{{"name", resource.resource},
                {"singularName", resource.singular},
                {"namespaced", resource.namespaced},
                {"kind", resource.kind},
                {"verbs", Texts(resource.verbs)}};
  if (!resource.short_names.empty()) object.emplace("shortNames", Texts(resource.short_names));
  if (!resource.categories.empty()) object.emplace("categories", Texts(resource.categories));
  if (!resource.storage_version_hash.empty())
    object.emplace("storageVersionHash", resource.storage_version_hash);
  return object;
}

Object Subresource(std::string_view group, std::string_view version, const ServedResource& resource,
                   const ServedSubresource& subresource) {
  Object object{{"name", resource.resource + '/' + subresource.name},
                {"singularName", ""},
                {"namespaced", resource.namespaced}};
  if (subresource.kind.group != group || subresource.kind.version != version) {
    object.emplace("group", subresource.kind.group);
    object.emplace("version", subresource.kind.version);
  }
  object.emplace("kind", subresource.kind.kind);
  object.emplace("verbs", Texts(subresource.verbs));
  return object;
}

// Built-in resources leave out the group and version that they stand in.
Object ResponseKind(std::string_view group, std::string_view version, const ServedKind& kind,
                    bool is_custom) {
  const bool is_own = kind.group == group && kind.version == version && !is_custom;
  return {{"group", is_own ? "" : kind.group},
          {"version", is_own ? "" : kind.version},
          {"kind", kind.kind}};
}

Object AggregatedResource(std::string_view group, std::string_view version,
                          const ServedResource& resource) {
  const ServedKind own{std::string(group), std::string(version), resource.kind};
  Object object{{"resource", resource.resource},
                {"responseKind", ResponseKind(group, version, own, resource.is_custom)},
                {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", resource.singular},
                {"verbs", Texts(resource.verbs)}};
  if (!resource.short_names.empty()) object.emplace("shortNames", Texts(resource.short_names));
  if (!resource.categories.empty()) object.emplace("categories", Texts(resource.categories));
  if (resource.subresources.empty()) return object;
  Array subresources;
  for (const ServedSubresource& subresource : resource.subresources) {
    subresources.push_back(
        Object{{"subresource", subresource.name},
               {"responseKind", ResponseKind(group, version, subresource.kind, resource.is_custom)},
               {"verbs", Texts(subresource.verbs)}});
  }
  object.emplace("subresources", std::move(subresources));
  return object;
}

Object AggregatedGroup(const ServedGroup& group) {
  Object metadata;
  if (!group.name.empty()) metadata.emplace("name", group.name);
  Array versions;
  for (const ServedVersion& version : group.versions) {
    Object item{{"version", version.version}};
    Array resources;
    for (const ServedResource& resource : version.resources) {
      resources.push_back(AggregatedResource(group.name, version.version, resource));
    }
    if (!resources.empty()) item.emplace("resources", std::move(resources));
    item.emplace("freshness", version.is_fresh ? "Current" : "Stale");
    versions.push_back(std::move(item));
  }
  return {{"metadata", std::move(metadata)}, {"versions", std::move(versions)}};
}

std::string AggregatedDocument(std::span<const ServedGroup> groups, bool is_core) {
  Array items;
  for (const ServedGroup& group : groups) {
    if (group.name.empty() == is_core) items.push_back(AggregatedGroup(group));
  }
  return ToJson(Object{{"kind", "APIGroupDiscoveryList"},
                       {"apiVersion", "apidiscovery.k8s.io/v2"},
                       {"metadata", Object()},
                       {"items", std::move(items)}});
}

}  // namespace

std::string ApiVersionsDocument(std::string_view server_address) {
  const Object address{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", server_address}};
  return ToJson(Object{{"kind", "APIVersions"},
                       {"versions", Array{"v1"}},
                       {"serverAddressByClientCIDRs", Array{address}}});
}

std::string ApiGroupListDocument(std::span<const ServedGroup> groups) {
  Array items;
  for (const ServedGroup& group : groups) {
    if (!group.name.empty()) items.push_back(Group(group, false));
  }
  return ToJson(
      Object{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(items)}});
}

std::string ApiGroupDocument(const ServedGroup& group) { return ToJson(Group(group, true)); }

std::string ApiResourceListDocument(std::string_view group, const ServedVersion& version) {
  Array resources;
  for (const ServedResource& resource : version.resources) {
    resources.push_back(Resource(resource));
    for (const ServedSubresource& subresource : resource.subresources) {
      resources.push_back(Subresource(group, version.version, resource, subresource));
    }
  }
  // The core group's lists have no apiVersion: clients of the first Kubernetes did not expect one.
  Object list{{"kind", "APIResourceList"}};
  if (!group.empty()) list.emplace("apiVersion", "v1");
  list.emplace("groupVersion", GroupVersionText(group, version.version));
  list.emplace("resources", std::move(resources));
  return ToJson(list);
}

std::string AggregatedCoreDocument(std::span<const ServedGroup> groups) {
  return AggregatedDocument(groups, true);
}

std::string AggregatedGroupsDocument(std::span<const ServedGroup> groups) {
  return AggregatedDocument(groups, false);
}

std::string RootPathsDocument(std::span<const ServedGroup> groups) {
  std::vector<std::string> paths{"/.well-known/openid-configuration",
                                 "/apis",
                                 "/apis/",
                                 "/flagz",
                                 "/metrics",
                                 "/metrics/slis",
                                 "/openapi/v2",
                                 "/openapi/v3",
                                 "/openapi/v3/",
                                 "/openid/v1/jwks",
                                 "/statusz",
                                 "/version"};
  for (const ServedGroup& group : groups) {
    const std::string root = group.name.empty() ? "/api" : "/apis/" + group.name;
    paths.push_back(root);
    for (const ServedVersion& version : group.versions)
      paths.push_back(root + '/' + version.version);
  }
  for (const std::string_view endpoint : {"healthz", "livez", "readyz"}) {
    paths.push_back('/' + std::string(endpoint));
    for (const std::string_view check : HealthChecksOf(endpoint)) {
      paths.push_back('/' + std::string(endpoint) + '/' + std::string(check));
    }
  }
  std::sort(paths.begin(), paths.end());
  return Indented(Object{{"paths", Texts(paths)}});
}

std::string VersionDocument() {
  return Indented(Object{{"major", "1"},
                         {"minor", "36"},
                         {"emulationMajor", "1"},
                         {"emulationMinor", "36"},
                         {"minCompatibilityMajor", "1"},
                         {"minCompatibilityMinor", "35"},
                         {"gitVersion", "v1.36.3"},
                         {"gitCommit", ""},
                         {"gitTreeState", "clean"},
                         {"buildDate", "1970-01-01T00:00:00Z"},
                         {"goVersion", ""},
                         {"compiler", "g++"},
                         {"platform", "linux/amd64"}});
}

}  // namespace apiserver
