#include "controllers/framework/pod_template.h"

namespace controllers {

const Value& PodTemplateOf(const Value& workload) {
  static const Value kNone = Object();
  const Value* found = apiserver::FindPath(workload, {"spec", "template"});
  return found != nullptr && found->is_object() ? *found : kNone;
}

Value PodFromTemplate(const Value& pod_template, const ObjectMeta& parent,
                      Value controller_reference) {
  Object metadata;
  metadata["generateName"] = parent.name + "-";
  for (const std::string_view name : {"labels", "annotations"}) {
    const Value* map = apiserver::FindPath(pod_template, {"metadata", name});
    if (map != nullptr && map->is_object() && !map->get_object().empty()) metadata[name] = *map;
  }
  metadata["ownerReferences"] = Array{std::move(controller_reference)};
  if (const Value* finalizers = apiserver::FindPath(pod_template, {"metadata", "finalizers"})) {
    metadata["finalizers"] = *finalizers;
  }
  Object pod;
  pod["apiVersion"] = "v1";
  pod["kind"] = "Pod";
  pod["metadata"] = std::move(metadata);
  if (const Value* spec = apiserver::Find(pod_template, "spec")) pod["spec"] = *spec;
  return pod;
}

}  // namespace controllers
