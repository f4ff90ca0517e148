#include "scenarios/runner/live_view.h"

#include "scenarios/language/resource_names.h"

namespace scenarios {
namespace {

ServedResource Served(const apiserver::ApiResource& resource) {
  return {resource.resource, resource.kind.kind, resource.is_namespaced};
}

}  // namespace

std::optional<ServedResource> LiveView::FindResource(std::string_view name) const {
  if (auto builtin = FindBuiltinResource(name)) return builtin;
  const std::size_t dot = name.find('.');
  const std::string_view first = name.substr(0, dot);
  for (const auto& [key, resource] : api_.resources().all()) {
    const bool has_name =
        key.resource == first || resource->singular == first || resource->kind.kind == first;
    const bool has_group = dot == std::string_view::npos || name.substr(dot + 1) == key.group ||
                           name.substr(dot + 1) == key.version + "." + key.group;
    if (has_name && has_group) return Served(*resource);
  }
  return std::nullopt;
}

std::optional<ServedResource> LiveView::FindKind(const apiserver::GroupVersionKind& kind) const {
  const apiserver::ApiResource* resource = api_.resources().FindKind(kind);
  if (resource == nullptr) return std::nullopt;
  return Served(*resource);
}

// Some built-in resources lie under another's name: events.k8s.io is kept as core Events.
apiserver::GroupResource LiveView::StorageOf(const apiserver::GroupResource& resource) const {
  const auto& all = api_.resources().all();
  for (auto at = all.lower_bound({resource.group, "", ""}); at != all.end(); ++at) {
    if (at->first.group != resource.group) break;
    if (at->first.resource == resource.resource) return at->second->storage;
  }
  return resource;
}

apiserver::ObjectPtr LiveView::Find(const apiserver::GroupResource& resource,
                                    const apiserver::ObjectKey& key) const {
  return api_.store().Find(StorageOf(resource), key);
}

std::vector<apiserver::ObjectPtr> LiveView::List(const apiserver::GroupResource& resource,
                                                 std::string_view namespace_) const {
  std::vector<apiserver::ObjectPtr> objects;
  api_.store().Visit(StorageOf(resource), {.namespace_ = std::string(namespace_)},
                     [&](const apiserver::ObjectPtr& object) {
                       objects.push_back(object);
                       return true;
                     });
  return objects;
}

}  // namespace scenarios
