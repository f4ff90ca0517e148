#include "controllers/daemonset/daemon_pod.h"

#include "controllers/framework/names.h"

namespace controllers {
namespace {

using apiserver::EnsureObject;
using apiserver::FindPath;
using apiserver::TextAt;

void Tolerate(Array& tolerations, std::string_view key, std::string_view effect) {
  Object added;
  added["key"] = key;
  added["operator"] = "Exists";
  added["effect"] = effect;
  for (Value& present : tolerations) {
    const bool matches = TextAt(present, {"key"}) == key && TextAt(present, {"effect"}) == effect &&
                         TextAt(present, {"operator"}) == "Exists" &&
                         TextAt(present, {"value"}).empty();
    if (!matches) continue;
    present = std::move(added);
    return;
  }
  tolerations.push_back(std::move(added));
}

}  // namespace

Value DaemonPodTemplate(const Value& daemon_set) {
  Object pod;
  pod["metadata"] = Object();
  const Value* spec = FindPath(daemon_set, {"spec", "template", "spec"});
  pod["spec"] = spec == nullptr ? Value(Object()) : *spec;
  Array tolerations;
  const Value* present = FindPath(daemon_set, {"spec", "template", "spec", "tolerations"});
  if (present != nullptr && present->is_array()) tolerations = present->get_array();
  Tolerate(tolerations, "node.kubernetes.io/not-ready", "NoExecute");
  Tolerate(tolerations, "node.kubernetes.io/unreachable", "NoExecute");
  Tolerate(tolerations, "node.kubernetes.io/disk-pressure", "NoSchedule");
  Tolerate(tolerations, "node.kubernetes.io/memory-pressure", "NoSchedule");
  Tolerate(tolerations, "node.kubernetes.io/pid-pressure", "NoSchedule");
  Tolerate(tolerations, "node.kubernetes.io/unschedulable", "NoSchedule");
  if (apiserver::BoolAt(daemon_set, {"spec", "template", "spec", "hostNetwork"})) {
    Tolerate(tolerations, "node.kubernetes.io/network-unavailable", "NoSchedule");
  }
  pod["spec"].get_object()["tolerations"] = std::move(tolerations);
  return pod;
}

Value PinDaemonPod(Value pod, const std::string& node_name, const std::string& hash,
                   const std::string& generation) {
  Object& metadata = EnsureObject(pod, "metadata");
  Object& labels = EnsureObject(metadata, "labels");
  if (!generation.empty()) labels["pod-template-generation"] = generation;
  labels["controller-revision-hash"] = hash;
  Object field;
  field["key"] = "metadata.name";
  field["operator"] = "In";
  field["values"] = Array{Value(node_name)};
  const Array fields{Value(std::move(field))};
  Object& spec = EnsureObject(pod, "spec");
  Object& affinity = EnsureObject(EnsureObject(spec, "affinity"), "nodeAffinity");
  Object& required = EnsureObject(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
  // Each alternative of the template now means this node only.
  Value* terms = required.if_contains("nodeSelectorTerms");
  if (terms == nullptr || !terms->is_array() || terms->get_array().empty()) {
    Object term;
    term["matchFields"] = fields;
    required["nodeSelectorTerms"] = Array{Value(std::move(term))};
  } else {
    Object term;
    term["matchFields"] = fields;
    *terms = Array{Value(std::move(term))};
  }
  return pod;
}

}  // namespace controllers
