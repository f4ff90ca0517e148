// The names by which the API addresses things: groups, versions, resources, kinds, objects.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace apiserver {

// The store's global counter, shown as metadata.resourceVersion. 0 is "before everything".
using Revision = std::uint64_t;

// What is stored together, whatever version it is served in. Core has group "".
struct GroupResource {
  std::string group;
  std::string resource;  // plural, lower case: "pods"
  auto operator<=>(const GroupResource&) const = default;
  // "deployments.apps", or "pods" for core: as error messages print it.
  std::string Text() const { return group.empty() ? resource : resource + "." + group; }
};

struct GroupVersionResource {
  std::string group;
  std::string version;
  std::string resource;
  auto operator<=>(const GroupVersionResource&) const = default;
  GroupResource group_resource() const { return {group, resource}; }
};

struct GroupVersionKind {
  std::string group;
  std::string version;
  std::string kind;
  auto operator<=>(const GroupVersionKind&) const = default;
  // "apps/v1", or "v1" for core.
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
};

// An object within its resource. Cluster-scoped objects have namespace_ "".
struct ObjectKey {
  std::string namespace_;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
  // "default/web", or "web" for cluster-scoped objects.
  std::string Text() const { return namespace_.empty() ? name : namespace_ + "/" + name; }
};

// Splits "apps/v1" into group and version; "v1" has group "".
std::pair<std::string_view, std::string_view> SplitApiVersion(std::string_view api_version);

}  // namespace apiserver
