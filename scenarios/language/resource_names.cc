#include "scenarios/language/resource_names.h"

#include <algorithm>

#include "apiserver/schema/builtin.h"

namespace scenarios {
namespace {

using apiserver::ResourceInfo;

ServedResource Served(const ResourceInfo& info) {
  return {{std::string(info.group), std::string(info.version), std::string(info.resource)},
          std::string(info.kind),
          info.namespaced};
}

bool HasName(const ResourceInfo& info, std::string_view name) {
  if (info.resource == name || info.singular == name || info.kind == name) return true;
  return std::find(info.short_names.begin(), info.short_names.end(), name) !=
         info.short_names.end();
}

}  // namespace

std::optional<ServedResource> FindBuiltinResource(std::string_view name) {
  const std::size_t dot = name.find('.');
  const std::string_view first = name.substr(0, dot);
  const std::string_view group = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  for (const ResourceInfo& info : apiserver::BuiltinResources()) {
    if (!HasName(info, first)) continue;
    const std::string with_version = std::string(info.version) + "." + std::string(info.group);
    if (dot == std::string_view::npos || group == info.group || group == with_version) {
      return Served(info);
    }
  }
  return std::nullopt;
}

std::optional<ServedResource> FindBuiltinKind(const apiserver::GroupVersionKind& kind) {
  const ResourceInfo* info = apiserver::FindResourceByKind(kind.group, kind.version, kind.kind);
  if (info == nullptr) return std::nullopt;
  return Served(*info);
}

std::vector<std::string_view> BuiltinResourceNames() {
  std::vector<std::string_view> names;
  for (const ResourceInfo& info : apiserver::BuiltinResources()) names.push_back(info.resource);
  return names;
}

std::vector<std::string_view> BuiltinKinds(std::string_view group, std::string_view version) {
  std::vector<std::string_view> kinds;
  for (const ResourceInfo& info : apiserver::BuiltinResources()) {
    if (info.group == group && info.version == version) kinds.push_back(info.kind);
  }
  return kinds;
}

}  // namespace scenarios
