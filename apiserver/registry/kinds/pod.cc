// Pods. Source: kubernetes/pkg/apis/core and pkg/registry/core/pod, 1.36.
#include <deque>
#include <map>

#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_quality.h"
#include "apiserver/registry/kinds/pod_spec.h"
#include "apiserver/registry/kinds/pod_update.h"
#include "apiserver/registry/kinds/pod_warnings.h"

namespace apiserver {
namespace {

constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";

// Fields behind feature gates that are off.
void DropGated(Object& spec) {
  spec.erase("schedulingGroup");
  for (std::string_view list : {"containers", "initContainers", "ephemeralContainers"}) {
    ForEachObject(spec, list, [](Object& container) {
      Object* lifecycle = IfObjectOf(container, "lifecycle");
      if (lifecycle == nullptr || lifecycle->erase("stopSignal") == 0) return;
      if (lifecycle->empty()) container.erase("lifecycle");
    });
  }
  ForEachObject(spec, "volumes", [](Object& volume) {
    Object* projected = IfObjectOf(volume, "projected");
    if (projected == nullptr) return;
    ForEachObject(*projected, "sources", [](Object& source) {
      source.erase("clusterTrustBundle");
      source.erase("podCertificate");
    });
  });
}

void AddSelected(Object& holder, std::string_view keys, std::string_view op, const Object& labels) {
  const Array wanted = ArrayOf(holder, keys);
  if (wanted.empty() || !IsSet(holder, "labelSelector")) return;
  Object& selector = EnsureObject(holder, "labelSelector");
  for (const Value& key : wanted) {
    const Value* value = labels.if_contains(AsText(key));
    if (value == nullptr) continue;
    Value& expressions = selector["matchExpressions"];
    if (!expressions.is_array()) expressions.emplace_array();
    expressions.get_array().push_back({{"key", key}, {"operator", op}, {"values", Array{*value}}});
  }
}

// matchLabelKeys become part of the selector when the pod is created.
void ApplyMatchLabelKeys(Object& spec, const Object& labels) {
  const auto apply = [&](Object& term) {
    AddSelected(term, "matchLabelKeys", "In", labels);
    AddSelected(term, "mismatchLabelKeys", "NotIn", labels);
  };
  if (Object* affinity = IfObjectOf(spec, "affinity")) {
    for (std::string_view kind : {"podAffinity", "podAntiAffinity"}) {
      Object* pod_affinity = IfObjectOf(*affinity, kind);
      if (pod_affinity == nullptr) continue;
      ForEachObject(*pod_affinity, "requiredDuringSchedulingIgnoredDuringExecution", apply);
      ForEachObject(*pod_affinity, "preferredDuringSchedulingIgnoredDuringExecution",
                    [&](Object& weighted) {
                      if (Object* term = IfObjectOf(weighted, "podAffinityTerm")) apply(*term);
                    });
    }
  }
  ForEachObject(spec, "topologySpreadConstraints", [&](Object& constraint) {
    AddSelected(constraint, "matchLabelKeys", "In", labels);
  });
}

std::optional<Value> ProfileOfAnnotation(std::string_view text) {
  if (text == "unconfined") return Value{{"type", "Unconfined"}};
  if (text == "runtime/default") return Value{{"type", "RuntimeDefault"}};
  constexpr std::string_view kLocal = "localhost/";
  if (text.starts_with(kLocal) && text.size() > kLocal.size()) {
    return Value{{"type", "Localhost"}, {"localhostProfile", text.substr(kLocal.size())}};
  }
  return std::nullopt;
}

// AppArmor annotations are copied to the fields that replaced them; what can't be copied, or was,
// is worth a warning.
void CopyAppArmor(const StrategyContext& context, Object& spec, const Object& annotations) {
  if (annotations.empty() || TextOf(ObjectOf(spec, "os"), "name") == "windows") return;
  const Value* pod_profile = ObjectOf(spec, "securityContext").if_contains("appArmorProfile");
  const Value shared = pod_profile == nullptr ? Value() : *pod_profile;
  for (std::string_view list : {"initContainers", "containers", "ephemeralContainers"}) {
    ForEachObject(spec, list, [&](Object& container) {
      const std::string key = std::string(kAppArmor) + std::string(TextOf(container, "name"));
      if (!annotations.contains(key)) return;
      if (IsSet(ObjectOf(container, "securityContext"), "appArmorProfile")) return;
      const auto profile = ProfileOfAnnotation(TextOf(annotations, key));
      if (profile && SemanticEqual(&*profile, &shared)) return;
      if (profile) EnsureObject(container, "securityContext")["appArmorProfile"] = *profile;
      if (context.warnings == nullptr) return;
      context.warnings->push_back("metadata.annotations[" + key +
                                  "]: deprecated since v1.30; use the \"appArmorProfile\" field "
                                  "instead");
    });
  }
}

// podIP is the first of podIPs, and decides when they differ.
void SyncPodIps(Object& status) {
  const std::string first(TextOf(status, "podIP"));
  const Array& all = ArrayOf(status, "podIPs");
  if (!first.empty() && (all.empty() || TextOf(all[0], "ip") != first)) {
    status["podIPs"] = Array{{{"ip", first}}};
  } else if (first.empty() && !all.empty()) {
    status["podIP"] = std::string(TextOf(all[0], "ip"));
  }
}

void Default(Object& object) {
  DefaultPod(object);
  if (Object* status = IfObjectOf(object, "status")) SyncPodIps(*status);
}

void PrepareCreate(const StrategyContext& context, Object& object) {
  Object& spec = EnsureObject(object, "spec");
  const std::string given_class(TextOf(ObjectOf(object, "status"), "qosClass"));
  Object& status = object["status"].emplace_object();
  status["phase"] = "Pending";
  status["qosClass"] = given_class.empty() ? Value(PodQualityOfService(spec)) : Value(given_class);
  DropGated(spec);
  if (!ArrayOf(spec, "schedulingGates").empty()) {
    status["conditions"] =
        Array{{{"type", "PodScheduled"},
               {"status", "False"},
               {"lastProbeTime", nullptr},
               {"lastTransitionTime", FormatTime(context.now)},
               {"reason", "SchedulingGated"},
               {"message", "Scheduling is blocked due to non-empty scheduling gates"}}};
  }
  const Object& meta = ObjectOf(object, "metadata");
  ApplyMatchLabelKeys(spec, ObjectOf(meta, "labels"));
  CopyAppArmor(context, spec, ObjectOf(meta, "annotations"));
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  if (IsSet(old, "status")) {
    object["status"] = old.at("status");
  } else {
    object.erase("status");
  }
  DropGated(EnsureObject(object, "spec"));
}

void Validate(const Object& object, Violations& out) {
  CheckPodMetadataAndSpec(object, out);
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  if (!ArrayOf(spec, "ephemeralContainers").empty()) {
    out.Forbidden(path.Child("ephemeralContainers"), "cannot be set on create");
  }
  if (!TextOf(spec, "nodeName").empty() && !ArrayOf(spec, "schedulingGates").empty()) {
    out.Forbidden(path.Child("nodeName"),
                  "cannot be set until all schedulingGates have been cleared");
  }
  CheckAppArmorMatch(ObjectOf(ObjectOf(object, "metadata"), "annotations"), spec, path, out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  // People seldom update pods by hand.
  if (old != nullptr) return;
  const NameMessages messages = CheckDns1123Label(TextOf(ObjectOf(object, "metadata"), "name"));
  if (!messages.empty()) {
    out.push_back(
        "metadata.name: this is used in the Pod's hostname, which can result in surprising "
        "behavior; a DNS label is recommended: [" +
        JoinTexts(messages, " ") + "]");
  }
  WarnOfPod(ObjectOf(object, "metadata"), ObjectOf(object, "spec"), "", false, out);
}

std::optional<std::int64_t> GraceSeconds(const Object& object, std::optional<std::int64_t> asked) {
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view phase = TextOf(ObjectOf(object, "status"), "phase");
  std::int64_t seconds = asked ? *asked : IntOf(spec, "terminationGracePeriodSeconds");
  if (TextOf(spec, "nodeName").empty() || phase == "Failed" || phase == "Succeeded") seconds = 0;
  return seconds < 0 ? 1 : seconds;
}

constexpr std::string_view kLabels[] = {"spec.nodeName",
                                        "spec.restartPolicy",
                                        "spec.schedulerName",
                                        "spec.serviceAccountName",
                                        "spec.hostNetwork",
                                        "status.phase",
                                        "status.podIP",
                                        "status.podIPs",
                                        "status.nominatedNodeName"};

std::string FieldValue(const Object& object, std::string_view label) {
  constexpr std::string_view kSpec = "spec.";
  if (label == "spec.hostNetwork") {
    return FlagOf(ObjectOf(object, "spec"), "hostNetwork") ? "true" : "false";
  }
  if (label.starts_with(kSpec)) {
    return std::string(TextOf(ObjectOf(object, "spec"), label.substr(kSpec.size())));
  }
  const Object& status = ObjectOf(object, "status");
  if (label == "status.podIP" || label == "status.podIPs") {
    const Array& ips = ArrayOf(status, "podIPs");
    return std::string(ips.empty() ? TextOf(status, "podIP") : TextOf(ips[0], "ip"));
  }
  return std::string(TextOf(status, label.substr(std::string_view("status.").size())));
}

std::string CanonicalLabel(std::string_view, std::string_view label) {
  return label == "spec.host" ? "spec.nodeName" : std::string(label);
}

void PrepareStatus(const StrategyContext&, Object& object, const Object& old) {
  Object& meta = EnsureObject(object, "metadata");
  TakeMember(meta, ObjectOf(old, "metadata"), "ownerReferences");
  Object& status = EnsureObject(object, "status");
  const Object& old_status = ObjectOf(old, "status");
  // An alpha feature's.
  if (!IsSet(old_status, "nodeAllocatableResourceClaimStatuses")) {
    status.erase("nodeAllocatableResourceClaimStatuses");
  }
  FillText(status, "qosClass", TextOf(old_status, "qosClass"));
  if (IntOf(status, "observedGeneration") == 0)
    TakeMember(status, old_status, "observedGeneration");
  // Conditions of one type are told apart by their order.
  std::map<std::string, std::deque<std::int64_t>> generations;
  for (const Value& before : ArrayOf(old_status, "conditions")) {
    generations[std::string(TextOf(before, "type"))].push_back(
        IntOf(AsObject(before), "observedGeneration"));
  }
  ForEachObject(status, "conditions", [&](Object& condition) {
    std::deque<std::int64_t>& left = generations[std::string(TextOf(condition, "type"))];
    if (left.empty()) return;
    if (IntOf(condition, "observedGeneration") == 0 && left.front() != 0) {
      condition["observedGeneration"] = left.front();
    }
    left.pop_front();
  });
}

// Everything but the ephemeral containers is as it was.
void PrepareEphemeral(const StrategyContext&, Object& object, const Object& old) {
  const Object spec = ObjectOf(object, "spec");
  TakeMember(object, old, "spec");
  TakeMember(object, old, "status");
  TakeStatusMetadata(object, old);
  TakeMember(EnsureObject(object, "spec"), spec, "ephemeralContainers");
}

void PrepareResize(const StrategyContext&, Object& object, const Object& old) {
  const Object spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  TakeMember(object, old, "status");
  for (std::string_view list : {"containers", "initContainers"}) {
    if (ArrayOf(spec, list).size() != ArrayOf(old_spec, list).size()) return;
  }
  TakeStatusMetadata(object, old);
  TakeMember(object, old, "spec");
  Object& merged = EnsureObject(object, "spec");
  TakeMember(merged, spec, "resources");
  for (std::string_view list : {"containers", "initContainers"}) {
    Array* containers = IfArrayOf(merged, list);
    if (containers == nullptr) continue;
    const Array& wanted = ArrayOf(spec, list);
    bool same_names = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      same_names = same_names && TextOf(wanted[i], "name") == TextOf((*containers)[i], "name");
    }
    if (!same_names) {
      // Validation will say what is wrong with the order.
      *containers = wanted;
      continue;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Object* container = (*containers)[i].if_object();
      if (container == nullptr) continue;
      TakeMember(*container, AsObject(wanted[i]), "resources");
      TakeMember(*container, AsObject(wanted[i]), "resizePolicy");
    }
  }
}

constexpr std::string_view kStatusReset[] = {"spec", "metadata.deletionTimestamp",
                                             "metadata.ownerReferences"};
const KindRules kStatus{.group = "",
                        .resource = "pods",
                        .subresource = "status",
                        .prepare_update = PrepareStatus,
                        .validate_update = ValidatePodStatusUpdate,
                        .reset = kStatusReset};
constexpr std::string_view kOtherReset[] = {"status"};
const KindRules kEphemeral{.group = "",
                           .resource = "pods",
                           .subresource = "ephemeralcontainers",
                           .defaults = DefaultPod,
                           .generation = GenerationRule::kSpec,
                           .prepare_update = PrepareEphemeral,
                           .validate_update = ValidatePodEphemeralContainersUpdate,
                           .update_metadata = UpdateMetadata::kUpdateAndCreate,
                           .reset = kOtherReset};
const KindRules kResize{.group = "",
                        .resource = "pods",
                        .subresource = "resize",
                        .defaults = DefaultPod,
                        .generation = GenerationRule::kSpec,
                        .prepare_update = PrepareResize,
                        .validate_update = ValidatePodResize,
                        .update_metadata = UpdateMetadata::kUpdateAndCreate,
                        .reset = kOtherReset};
constexpr const KindRules* kParts[] = {&kStatus, &kEphemeral, &kResize};

}  // namespace

const KindRules kPodRules{.group = "",
                          .resource = "pods",
                          .defaults = Default,
                          .generation = GenerationRule::kSpec,
                          .prepare_create = PrepareCreate,
                          .prepare_update = PrepareUpdate,
                          .validate = Validate,
                          .validate_update = ValidatePodUpdate,
                          .warn = Warn,
                          .update_metadata = UpdateMetadata::kUpdateAndCreate,
                          .answers_deleted_object = true,
                          .grace_seconds = GraceSeconds,
                          .field_labels = kLabels,
                          .field_value = FieldValue,
                          .canonical_label = CanonicalLabel,
                          .reset = kOtherReset,
                          .subresources = kParts};

}  // namespace apiserver
