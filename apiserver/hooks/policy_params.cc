#include "apiserver/hooks/policy_params.h"

#include "apiserver/registry/decode.h"

namespace apiserver {
namespace {

// As the kind that the policy names is served, whatever is stored.
Value Shown(const ApiResource& resource, const StoredObject& object) {
  Value shown(*object.Peek(), JsonStorage());
  FromStorage(resource, shown);
  return shown;
}

std::vector<Value> Selected(const Store& store, const ApiResource& resource,
                            const LabelSelector& selector, const std::string& namespace_) {
  std::vector<Value> found;
  store.Visit(resource.storage, {}, [&](const ObjectPtr& object) {
    const bool is_near = !resource.is_namespaced || object->meta().namespace_ == namespace_;
    if (is_near && selector.Matches(object->meta().labels)) {
      found.push_back(Shown(resource, *object));
    }
    return true;
  });
  return found;
}

}  // namespace

sim::Result<const ApiResource*> FindParamResource(const ResourceTable& resources,
                                                  const GroupVersionKind& kind) {
  const ApiResource* resource = resources.FindKind(kind);
  if (resource != nullptr) return resource;
  return sim::Error{"failed to find resource referenced by paramKind: '" + kind.group + "/" +
                    kind.version + ", Kind=" + kind.kind + "'"};
}

sim::Result<std::vector<Value>> CollectParams(const Store& store, const ApiResource* resource,
                                              const PolicyBinding& binding,
                                              const std::string& namespace_) {
  if (resource == nullptr || !binding.params) return std::vector<Value>(1);
  const ParamReference& reference = *binding.params;
  std::string place;
  if (resource->is_namespaced) {
    place = reference.namespace_.empty() ? namespace_ : reference.namespace_;
    if (place.empty()) {
      return sim::Error{
          "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"};
    }
  } else if (!reference.namespace_.empty()) {
    return sim::Error{"paramRef.namespace must not be provided for a cluster-scoped `paramKind`"};
  }
  std::vector<Value> params;
  if (!reference.name.empty()) {
    const ObjectPtr found = store.Find(resource->storage, {place, reference.name});
    if (found != nullptr) params.push_back(Shown(*resource, *found));
  } else if (reference.selector) {
    params = Selected(store, *resource, *reference.selector, place);
  }
  if (params.empty() && reference.denies_without) {
    return sim::Error{"no params found for policy binding with `Deny` parameterNotFoundAction"};
  }
  return params;
}

}  // namespace apiserver
