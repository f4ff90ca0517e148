#include "apiserver/registry/api_resource.h"

#include <algorithm>

#include "sim/check.h"

namespace apiserver {
namespace {

std::vector<std::string> Texts(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

bool Holds(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// The resource that stores what `info` serves.
const ResourceInfo& StorageOf(const ResourceInfo& info) {
  if (info.storage_version.empty()) return info;
  const ResourceInfo* storage =
      FindResource(info.storage_group, info.storage_version, info.resource);
  return storage == nullptr ? info : *storage;
}

ApiResource FromInfo(const ResourceInfo& info) {
  ApiResource served;
  served.resource = {std::string(info.group), std::string(info.version),
                     std::string(info.resource)};
  served.kind = {std::string(info.group), std::string(info.version), std::string(info.kind)};
  served.list_kind = info.list_kind;
  served.singular = info.singular;
  served.is_namespaced = info.namespaced;
  served.verbs = Texts(info.verbs);
  served.type = info.type;
  for (const SubresourceInfo& sub : info.subresources) {
    GroupVersionKind kind{std::string(sub.group), std::string(sub.version), std::string(sub.kind)};
    served.subresources.push_back(
        {std::string(sub.name), std::move(kind), Texts(sub.verbs), sub.type});
  }
  const ResourceInfo& storage = StorageOf(info);
  served.storage = {std::string(storage.group), std::string(storage.resource)};
  served.storage_kind = {std::string(storage.group), std::string(storage.version),
                         std::string(storage.kind)};
  served.storage_type = storage.type;
  return served;
}

}  // namespace

bool ApiSubresource::HasVerb(std::string_view verb) const { return Holds(verbs, verb); }
bool ApiResource::HasVerb(std::string_view verb) const { return Holds(verbs, verb); }

const ApiSubresource* ApiResource::FindSubresource(std::string_view name) const {
  for (const ApiSubresource& sub : subresources) {
    if (sub.name == name) return &sub;
  }
  return nullptr;
}

ResourceTable::ResourceTable(const StrategyTable& strategies) {
  for (const ResourceInfo& info : BuiltinResources()) {
    ApiResource served = FromInfo(info);
    const Strategy* strategy = strategies.Find(served.storage);
    served.strategy = strategy == nullptr ? &plain_ : strategy;
    Add(std::move(served));
  }
}

const ApiResource* ResourceTable::Find(std::string_view group, std::string_view version,
                                       std::string_view resource) const {
  const auto found = resources_.find(
      GroupVersionResource{std::string(group), std::string(version), std::string(resource)});
  return found == resources_.end() ? nullptr : found->second.get();
}

const ApiResource* ResourceTable::FindKind(const GroupVersionKind& kind) const {
  for (auto at = resources_.lower_bound({kind.group, kind.version, ""});
       at != resources_.end() && at->first.group == kind.group && at->first.version == kind.version;
       ++at) {
    if (at->second->kind == kind) return at->second.get();
  }
  return nullptr;
}

bool ResourceTable::HasGroup(std::string_view group) const {
  return group_counts_.find(group) != group_counts_.end();
}

void ResourceTable::Add(ApiResource resource) {
  SIM_CHECK(resource.strategy != nullptr);
  GroupVersionResource key = resource.resource;
  auto& slot = resources_[key];
  if (!slot) ++group_counts_[key.group];
  slot = std::make_unique<const ApiResource>(std::move(resource));
}

void ResourceTable::Remove(const GroupResource& resource) {
  for (auto at = resources_.begin(); at != resources_.end();) {
    if (at->first.group_resource() != resource) {
      ++at;
      continue;
    }
    if (--group_counts_[resource.group] == 0) group_counts_.erase(resource.group);
    at = resources_.erase(at);
  }
}

}  // namespace apiserver
