#include "apiserver/registry/kinds/pod_update.h"

#include <algorithm>

#include "apiserver/api/unified_diff.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/pod_quality.h"
#include "apiserver/registry/kinds/pod_spec.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

std::string Difference(std::string_view type, const Object& before, const Object& after) {
  return UnifiedDiff(InternalForm(type, before), InternalForm(type, after));
}

// Pods of manifests on a node, which the server only mirrors.
bool IsMirror(const Object& pod) {
  return ObjectOf(ObjectOf(pod, "metadata"), "annotations").contains("kubernetes.io/config.mirror");
}

// False: containers were added or removed, and nothing more can be said.
bool CheckContainerCount(const Object& spec, const Object& old_spec, std::string_view list,
                         Violations& out) {
  const FieldPath path("spec");
  const Array& containers = ArrayOf(spec, list);
  if (containers.size() != ArrayOf(old_spec, list).size()) {
    out.Forbidden(path.Child(list), "pod updates may not add or remove containers");
    return false;
  }
  const FieldPath list_path = path.Child(list);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    if (TextOf(containers[i], "image").empty()) out.Required(container_path.Child("image"));
  }
  CheckImagesTrimmed(spec, list, path, out);
  return true;
}

// False: the deadline is wrong, and nothing more is said.
bool CheckDeadline(const Object& spec, const Object& old_spec, Violations& out) {
  constexpr std::string_view kName = "activeDeadlineSeconds";
  const FieldPath path("spec.activeDeadlineSeconds");
  if (!IsSet(spec, kName)) {
    if (IsSet(old_spec, kName)) {
      out.Invalid(path, Value(), "must not update from a positive integer to nil value");
    }
    return true;
  }
  const std::int64_t seconds = IntOf(spec, kName);
  if (seconds < 0 || seconds > 2147483647) {
    out.Invalid(path, seconds, "must be between 0 and 2147483647, inclusive");
    return false;
  }
  if (IsSet(old_spec, kName) && IntOf(old_spec, kName) < seconds) {
    out.Invalid(path, seconds, "must be less than or equal to previous value");
    return false;
  }
  return true;
}

void CheckTolerationsGrow(const Object& spec, const Object& old_spec, Violations& out) {
  const Array& tolerations = ArrayOf(spec, "tolerations");
  for (const Value& old : ArrayOf(old_spec, "tolerations")) {
    const bool kept = std::any_of(tolerations.begin(), tolerations.end(), [&](const Value& now) {
      return SameExcept(AsObject(now), AsObject(old), {"tolerationSeconds"});
    });
    if (!kept) {
      out.Forbidden(FieldPath("spec.tolerations"),
                    "existing toleration can not be modified except its tolerationSeconds");
      return;
    }
  }
  CheckTolerations(spec, FieldPath("spec"), out);
}

void CheckGatesShrink(const Object& spec, const Object& old_spec, Violations& out) {
  const Array& old_gates = ArrayOf(old_spec, "schedulingGates");
  const FieldPath path("spec.schedulingGates");
  std::size_t index = 0;
  for (const Value& gate : ArrayOf(spec, "schedulingGates")) {
    const FieldPath gate_path = path.Index(index++);
    const std::string_view name = TextOf(gate, "name");
    const bool known = std::any_of(old_gates.begin(), old_gates.end(),
                                   [&](const Value& old) { return TextOf(old, "name") == name; });
    if (!known) {
      out.Forbidden(
          gate_path.Child("name"),
          "only deletion is allowed, but found new scheduling gate '" + std::string(name) + "'");
    }
  }
}

// Every requirement of `old` is in `now`, in its place.
bool OnlyAdds(const Value& now, const Value& old) {
  for (std::string_view list : {"matchExpressions", "matchFields"}) {
    const Array& items = ArrayOf(now, list);
    const Array& old_items = ArrayOf(old, list);
    if (old_items.size() > items.size()) return false;
    for (std::size_t i = 0; i < old_items.size(); ++i) {
      if (!SemanticEqual(&items[i], &old_items[i])) return false;
    }
  }
  const bool was_empty =
      ArrayOf(old, "matchExpressions").empty() && ArrayOf(old, "matchFields").empty();
  // An empty term matches nothing, so adding to it would widen it.
  return !was_empty ||
         (ArrayOf(now, "matchExpressions").empty() && ArrayOf(now, "matchFields").empty());
}

constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";

void CheckGatedAffinity(const Object& spec, const Object& old_spec, Violations& out) {
  const FieldPath path("spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
  const FieldPath terms_path = path.Child("nodeSelectorTerms");
  const Object& old_required =
      ObjectOf(ObjectOf(ObjectOf(old_spec, "affinity"), "nodeAffinity"), kRequired);
  const Object& required =
      ObjectOf(ObjectOf(ObjectOf(spec, "affinity"), "nodeAffinity"), kRequired);
  const Array& old_terms = ArrayOf(old_required, "nodeSelectorTerms");
  const Array& terms = ArrayOf(required, "nodeSelectorTerms");
  if (!old_terms.empty() && old_terms.size() != terms.size()) {
    const Value shown = terms.empty() ? Value() : InternalForms("core.NodeSelectorTerm", terms);
    out.Invalid(terms_path, shown,
                "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
    return;
  }
  for (std::size_t i = 0; i < old_terms.size(); ++i) {
    if (!OnlyAdds(terms[i], old_terms[i])) {
      out.Invalid(terms_path.Index(i), InternalForm("core.NodeSelectorTerm", terms[i]),
                  "only additions are allowed (no mutations or deletions)");
    }
  }
}

// Gated pods may be narrowed to fewer nodes; what may change is then put back in `munged`.
void AllowGatedChanges(Object& munged, const Object& spec, const Object& old_spec,
                       Violations& out) {
  if (ArrayOf(old_spec, "schedulingGates").empty()) return;
  const Object& selector = ObjectOf(spec, "nodeSelector");
  for (const auto& label : ObjectOf(old_spec, "nodeSelector")) {
    const Value* now = selector.if_contains(label.key());
    if (now != nullptr && *now == label.value()) continue;
    out.Invalid(FieldPath("spec.nodeSelector"), selector,
                "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
    break;
  }
  TakeMember(munged, old_spec, "nodeSelector");
  const Object& affinity = ObjectOf(spec, "affinity");
  const Object& old_affinity = ObjectOf(old_spec, "affinity");
  if (SameMember(affinity, old_affinity, "nodeAffinity")) return;
  CheckGatedAffinity(spec, old_spec, out);
  if (IsSet(munged, "affinity") || IsSet(old_affinity, "nodeAffinity")) {
    Object& munged_affinity = EnsureObject(munged, "affinity");
    TakeMember(munged_affinity, old_affinity, "nodeAffinity");
    if (munged_affinity.empty() && !IsSet(old_spec, "affinity")) munged.erase("affinity");
  }
}

void RestoreImages(Object& spec, const Object& old_spec, std::string_view list) {
  Array* containers = IfArrayOf(spec, list);
  if (containers == nullptr) return;
  const Array& old_containers = ArrayOf(old_spec, list);
  for (std::size_t i = 0; i < containers->size() && i < old_containers.size(); ++i) {
    if (Object* container = (*containers)[i].if_object()) {
      TakeMember(*container, AsObject(old_containers[i]), "image");
    }
  }
}

// What container resizing may change: cpu and memory.
void RestoreCompute(Object& container, const Object& old) {
  Object& resources = EnsureObject(container, "resources");
  const Object& old_resources = ObjectOf(old, "resources");
  for (std::string_view list : {"requests", "limits"}) {
    if (!IsSet(resources, list) && !IsSet(old_resources, list)) continue;
    Object& amounts = EnsureObject(resources, list);
    for (std::string_view name : {"cpu", "memory"})
      TakeMember(amounts, ObjectOf(old_resources, list), name);
    if (amounts.empty()) resources.erase(list);
  }
}

bool RemovesAny(const Object& now, const Object& old) {
  return std::any_of(old.begin(), old.end(),
                     [&](const auto& entry) { return !now.contains(entry.key()); });
}

bool SupportsResize(const Object& pod) {
  for (const Value& status : ArrayOf(ObjectOf(pod, "status"), "containerStatuses")) {
    if (IsSet(ObjectOf(status, "state"), "running")) return IsSet(status, "resources");
  }
  return true;
}

void CheckResizeOf(const Object& spec, const Object& old_spec, std::string_view list,
                   Object& munged, Violations& out) {
  const FieldPath path("spec");
  const FieldPath list_path = path.Child(list);
  const Array& containers = ArrayOf(spec, list);
  const Array& old_containers = ArrayOf(old_spec, list);
  Array* munged_containers = IfArrayOf(munged, list);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    const FieldPath resources_path = container_path.Child("resources");
    const Object& resources = ObjectOf(containers[i], "resources");
    const Object& old_resources = ObjectOf(old_containers[i], "resources");
    if (RemovesAny(ObjectOf(resources, "requests"), ObjectOf(old_resources, "requests"))) {
      out.Forbidden(resources_path.Child("requests"), "resource requests cannot be removed");
    }
    if (RemovesAny(ObjectOf(resources, "limits"), ObjectOf(old_resources, "limits"))) {
      out.Forbidden(resources_path.Child("limits"), "resource limits cannot be removed");
    }
    if (munged_containers == nullptr) continue;
    Object* container = (*munged_containers)[i].if_object();
    if (container == nullptr) continue;
    const Object& old_container = AsObject(old_containers[i]);
    RestoreCompute(*container, old_container);
    if (!SameExcept(ObjectOf(*container, "resources"), old_resources, {}) ||
        !SameExcept(*container, old_container, {"resources"})) {
      out.Forbidden(list == "containers" ? path : container_path,
                    list == "containers" ? "only cpu and memory resources are mutable"
                                         : "only cpu and memory resources for init or sidecar "
                                           "containers are mutable");
    }
  }
}

bool SameContainerNames(const Object& spec, const Object& old_spec, std::string_view list,
                        Violations& out) {
  const Array& containers = ArrayOf(spec, list);
  const Array& old_containers = ArrayOf(old_spec, list);
  const FieldPath path("spec");
  if (containers.size() != old_containers.size()) {
    out.Forbidden(path.Child(list), list == "containers"
                                        ? "containers may not be added or removed on resize"
                                        : "initContainers may not be added or removed on resize");
    return false;
  }
  const FieldPath list_path = path.Child(list);
  bool same = true;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (TextOf(containers[i], "name") == TextOf(old_containers[i], "name")) continue;
    const FieldPath container_path = list_path.Index(i);
    out.Forbidden(container_path.Child("name"),
                  "containers may not be renamed or reordered on resize");
    same = false;
  }
  return same;
}

}  // namespace

void CheckPodMetadataAndSpec(const Object& pod, Violations& out) {
  const Object& meta = ObjectOf(pod, "metadata");
  const Object& spec = ObjectOf(pod, "spec");
  const FieldPath path("spec");
  CheckPodAnnotations(ObjectOf(meta, "annotations"), spec, FieldPath("metadata.annotations"), out);
  CheckPodSpec(spec, &meta, path, out);
  if (TextOf(spec, "serviceAccountName").empty()) {
    const FieldPath volumes_path = path.Child("volumes");
    std::size_t index = 0;
    for (const Value& volume : ArrayOf(spec, "volumes")) {
      const FieldPath volume_path = volumes_path.Index(index++);
      const FieldPath sources_path = volume_path.Child("projected.sources");
      std::size_t i = 0;
      for (const Value& source : ArrayOf(ObjectOf(volume, "projected"), "sources")) {
        const FieldPath source_path = sources_path.Index(i++);
        if (IsSet(source, "serviceAccountToken")) {
          out.Forbidden(source_path.Child("serviceAccountToken"),
                        "must not be specified when serviceAccountName is not set");
        }
      }
    }
  }
  CheckImagesTrimmed(spec, "containers", path, out);
  CheckImagesTrimmed(spec, "initContainers", path, out);
}

void ValidatePodUpdate(const Object& pod, const Object& old, Violations& out) {
  CheckPodMetadataAndSpec(pod, out);
  CheckPodAnnotationUpdate(pod, old, out);
  const Object& spec = ObjectOf(pod, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  if (!CheckContainerCount(spec, old_spec, "containers", out)) return;
  if (!CheckContainerCount(spec, old_spec, "initContainers", out)) return;
  if (!CheckDeadline(spec, old_spec, out)) return;
  CheckTolerationsGrow(spec, old_spec, out);
  CheckGatesShrink(spec, old_spec, out);
  if (SameExcept(spec, old_spec, {})) return;
  Object munged = spec;
  RestoreImages(munged, old_spec, "containers");
  RestoreImages(munged, old_spec, "initContainers");
  for (std::string_view name : {"activeDeadlineSeconds", "schedulingGates", "tolerations"}) {
    TakeMember(munged, old_spec, name);
  }
  if (IntOf(old_spec, "terminationGracePeriodSeconds") < 0 &&
      IntOf(munged, "terminationGracePeriodSeconds") == 1) {
    TakeMember(munged, old_spec, "terminationGracePeriodSeconds");
  }
  AllowGatedChanges(munged, spec, old_spec, out);
  if (SameExcept(munged, old_spec, {})) return;
  out.Forbidden(
      FieldPath("spec"),
      std::string("pod updates may not change fields other than `spec.containers[*].image`,"
                  "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
                  "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
                  "(allow it to be set to 1 if it was previously negative)\n") +
          Difference("core.PodSpec", old_spec, munged));
}

void ValidatePodEphemeralContainersUpdate(const Object& pod, const Object& old, Violations& out) {
  CheckPodMetadataAndSpec(pod, out);
  CheckPodAnnotationUpdate(pod, old, out);
  const FieldPath path("spec.ephemeralContainers");
  if (IsMirror(old)) {
    out.Take();
    out.Forbidden(FieldPath(""), "static pods do not support ephemeral containers");
    return;
  }
  const Array& containers = ArrayOf(ObjectOf(pod, "spec"), "ephemeralContainers");
  for (const Value& before : ArrayOf(ObjectOf(old, "spec"), "ephemeralContainers")) {
    const std::string_view name = TextOf(before, "name");
    const auto now = std::find_if(containers.begin(), containers.end(), [&](const Value& value) {
      return TextOf(value, "name") == name;
    });
    const std::string shown =
        "existing ephemeral containers \"" + std::string(name) + "\" may not be ";
    if (now == containers.end()) {
      out.Forbidden(path, shown + "removed\n");
    } else if (!SemanticEqual(&*now, &before)) {
      out.Forbidden(path,
                    shown + "changed\n" +
                        Difference("core.EphemeralContainer", AsObject(before), AsObject(*now)));
    }
  }
}

void ValidatePodResize(const Object& pod, const Object& old, Violations& out) {
  CheckPodMetadataAndSpec(pod, out);
  const FieldPath path("spec");
  const Object& spec = ObjectOf(pod, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  if (IsMirror(old)) {
    out.Take();
    out.Forbidden(FieldPath(""), "static pods cannot be resized");
    return;
  }
  if (TextOf(ObjectOf(old_spec, "os"), "name") == "windows") {
    out.Take();
    out.Forbidden(FieldPath(""), "windows pods cannot be resized");
    return;
  }
  const std::string_view old_class = TextOf(ObjectOf(old, "status"), "qosClass");
  if (old_class != PodQualityOfService(spec)) {
    out.Invalid(path, old_class, "Pod QOS Class may not change as a result of resizing");
  }
  if (!SupportsResize(old)) {
    out.Forbidden(path, "Pod running on node without support for resize");
  }
  if (!SameContainerNames(spec, old_spec, "containers", out) ||
      !SameContainerNames(spec, old_spec, "initContainers", out)) {
    return;
  }
  Object munged = spec;
  CheckResizeOf(spec, old_spec, "initContainers", munged, out);
  CheckResizeOf(spec, old_spec, "containers", munged, out);
  if (!out.empty()) return;
  if (!SameExcept(munged, old_spec, {"containers", "initContainers", "resources"})) {
    out.Forbidden(path, "only cpu and memory resources are mutable");
  }
}

}  // namespace apiserver
