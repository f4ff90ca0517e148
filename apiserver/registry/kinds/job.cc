// Jobs. Source: kubernetes/pkg/apis/batch and pkg/registry/batch/job, 1.36.
#include <limits>

#include "apiserver/api/label_selector.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/job_spec.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kControllerUid = "batch.kubernetes.io/controller-uid";
constexpr std::string_view kJobName = "batch.kubernetes.io/job-name";
constexpr std::string_view kLegacyControllerUid = "controller-uid";
constexpr std::string_view kLegacyJobName = "job-name";

// A stored job without labels is read with those of its template.
void TakeTemplateLabels(Object& object) {
  const Object& spec = ObjectOf(object, "spec");
  const Object labels = ObjectOf(ObjectOf(ObjectOf(spec, "template"), "metadata"), "labels");
  Object& meta = EnsureObject(object, "metadata");
  if (!labels.empty() && ObjectOf(meta, "labels").empty()) meta["labels"] = labels;
}

void Canonicalize(Object& object) {
  TakeTemplateLabels(object);
  if (Object* policy = IfObjectOf(EnsureObject(object, "spec"), "podFailurePolicy")) {
    StoreEmptyAsNull(*policy, "rules");
  }
}

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultJobSpecTemplate(spec);
  if (!IsSet(spec, "completions") && !IsSet(spec, "parallelism")) spec["completions"] = 1;
  FillPointer(spec, "parallelism", 1);
  FillPointer(spec, "backoffLimit",
              IsSet(spec, "backoffLimitPerIndex") ? Value(std::numeric_limits<std::int32_t>::max())
                                                  : Value(6));
  TakeTemplateLabels(object);
  FillPointer(spec, "completionMode", "NonIndexed");
  FillPointer(spec, "suspend", false);
  FillPointer(spec, "podReplacementPolicy",
              IsSet(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
  FillPointer(spec, "manualSelector", false);
}

void FillAbsent(Object& labels, std::string_view name, std::string_view text) {
  if (!labels.contains(name)) labels[name] = text;
}

void PrepareCreate(const StrategyContext&, Object& object) {
  Object& spec = EnsureObject(object, "spec");
  if (FlagOf(spec, "manualSelector")) return;
  const std::string name(TextOf(ObjectOf(object, "metadata"), "name"));
  const std::string uid(TextOf(ObjectOf(object, "metadata"), "uid"));
  Object& labels = EnsureObject(EnsureObject(EnsureObject(spec, "template"), "metadata"), "labels");
  // Labels that were taken from the template are one with it upstream, and follow it.
  Object& own_labels = EnsureObject(EnsureObject(object, "metadata"), "labels");
  const bool follows = !labels.empty() && SameExcept(own_labels, labels, {});
  FillAbsent(labels, kLegacyJobName, name);
  FillAbsent(labels, kJobName, name);
  FillAbsent(labels, kLegacyControllerUid, uid);
  FillAbsent(labels, kControllerUid, uid);
  Object& selected = EnsureObject(EnsureObject(spec, "selector"), "matchLabels");
  FillAbsent(selected, kControllerUid, uid);
  SortMembers(selected);  // as messages show them
  if (follows) own_labels = labels;
  if (own_labels.empty()) EnsureObject(object, "metadata").erase("labels");
}

void CheckLabel(const Object& labels, std::string_view name, std::string_view expected,
                Violations& out) {
  const FieldPath meta("spec.template.metadata");
  const FieldPath labels_path = meta.Child("labels");
  if (!labels.contains(name)) {
    out.Required(labels_path.Key(name), "must be '" + std::string(expected) + "'");
  } else if (TextOf(labels, name) != expected) {
    out.Invalid(labels_path.Key(name), labels, "must be '" + std::string(expected) + "'");
  }
}

void CheckGeneratedSelector(const Object& object, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  if (FlagOf(spec, "manualSelector") || !IsSet(spec, "selector")) return;
  const std::string_view uid = TextOf(ObjectOf(object, "metadata"), "uid");
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  const Object& labels = ObjectOf(ObjectOf(ObjectOf(spec, "template"), "metadata"), "labels");
  CheckLabel(labels, kLegacyControllerUid, uid, out);
  CheckLabel(labels, kLegacyJobName, name, out);
  CheckLabel(labels, kControllerUid, uid, out);
  CheckLabel(labels, kJobName, name, out);
  const Value expected{
      {kLegacyControllerUid, uid}, {kLegacyJobName, name}, {kControllerUid, uid}, {kJobName, name}};
  const auto selector = LabelSelector::FromObject(spec.if_contains("selector"));
  if (selector.ok() && !selector->Matches(&expected)) {
    out.Invalid(FieldPath("spec.selector"), spec.at("selector"), "`selector` not auto-generated");
  }
}

void CheckSpec(const Object& spec, Violations& out) {
  const FieldPath path("spec");
  CheckJobSpec(spec, path, out);
  if (!IsSet(spec, "selector")) {
    out.Required(path.Child("selector"));
  } else {
    CheckSelector(spec, "selector", path, out);
  }
  CheckSelectsTemplate(spec, path, out);
}

void Validate(const Object& object, Violations& out) {
  CheckGeneratedSelector(object, out);
  const Object& spec = ObjectOf(object, "spec");
  CheckSpec(spec, out);
  const std::int64_t completions = IntOf(spec, "completions");
  if (TextOf(spec, "completionMode") != "Indexed" || completions <= 0) return;
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  const std::string last_host = std::string(name) + "-" + std::to_string(completions - 1);
  if (!IsDns1123Label(last_host)) {
    out.Invalid(FieldPath("metadata.name"), name,
                "will not able to create pod with invalid DNS label: " + last_host);
  }
}

// The old template with what a suspended job may change taken from the new one.
Object WithMutableParts(Object old_template, const Object& pod_template) {
  const auto take = [](Object& to, const Object& from, std::string_view name) {
    if (IsSet(from, name)) {
      to[name] = from.at(name);
    } else {
      to.erase(name);
    }
  };
  Object& meta = EnsureObject(old_template, "metadata");
  take(meta, ObjectOf(pod_template, "metadata"), "labels");
  take(meta, ObjectOf(pod_template, "metadata"), "annotations");
  Object& spec = EnsureObject(old_template, "spec");
  const Object& new_spec = ObjectOf(pod_template, "spec");
  for (std::string_view name : {"nodeSelector", "tolerations", "schedulingGates"}) {
    take(spec, new_spec, name);
  }
  if (IsSet(new_spec, "affinity") || IsSet(spec, "affinity")) {
    Object& affinity = EnsureObject(spec, "affinity");
    take(affinity, ObjectOf(new_spec, "affinity"), "nodeAffinity");
    if (affinity.empty() && !IsSet(new_spec, "affinity")) spec.erase("affinity");
  }
  for (std::string_view list : {"containers", "initContainers"}) {
    Array* containers = IfArrayOf(spec, list);
    const Array& new_containers = ArrayOf(new_spec, list);
    if (containers == nullptr || containers->size() != new_containers.size()) continue;
    for (std::size_t i = 0; i < new_containers.size(); ++i) {
      Object* container = (*containers)[i].if_object();
      if (container == nullptr) continue;
      if (TextOf(*container, "name") == TextOf(new_containers[i], "name")) {
        take(*container, AsObject(new_containers[i]), "resources");
      }
    }
  }
  return old_template;
}

bool IsSuspendedAtRest(const Object& job) {
  const Object& status = ObjectOf(job, "status");
  if (!FlagOf(ObjectOf(job, "spec"), "suspend")) return false;
  if (IntOf(status, "active") > 0) return false;
  if (!IsSet(status, "startTime")) return true;
  for (const Value& condition : ArrayOf(status, "conditions")) {
    if (TextOf(condition, "type") == "Suspended") return TextOf(condition, "status") == "True";
  }
  return false;
}

void CheckTemplateUpdate(const Object& spec, const Object& old, Violations& out) {
  const Object& pod_template = ObjectOf(spec, "template");
  const Object& old_template = ObjectOf(ObjectOf(old, "spec"), "template");
  if (SameExcept(pod_template, old_template, {})) return;
  if (!IsSuspendedAtRest(old)) {
    out.Invalid(FieldPath("spec.template"), InternalForm("core.PodTemplateSpec", pod_template),
                kFieldImmutable);
    return;
  }
  // Of a suspended job only the pods' specification is compared.
  const Object mutable_template = WithMutableParts(old_template, pod_template);
  if (SameMember(pod_template, mutable_template, "spec")) return;
  const FieldPath path("spec.template.spec");
  const Value* pod_spec = pod_template.if_contains("spec");
  out.Invalid(path, InternalForm("core.PodSpec", pod_spec == nullptr ? Value() : *pod_spec),
              kFieldImmutable);
}

void CheckCompletionsUpdate(const Object& spec, const Object& old_spec, Violations& out) {
  const FieldPath path("spec");
  if (TextOf(spec, "completionMode") != "Indexed") {
    CheckImmutable(spec, old_spec, "completions", path, out);
    return;
  }
  if (SameMember(spec, old_spec, "completions") || !IsSet(spec, "completions")) return;
  if (IntOf(spec, "completions") != IntOf(spec, "parallelism")) {
    out.Invalid(path.Child("completions"), spec.at("completions"),
                "can only be modified in tandem with spec.parallelism");
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  Validate(object, out);
  CheckSpec(spec, out);  // a second time, and so upstream
  CheckCompletionsUpdate(spec, old_spec, out);
  CheckImmutable(spec, old_spec, "selector", path, out);
  CheckTemplateUpdate(spec, old, out);
  CheckImmutable(spec, old_spec, "completionMode", path, out);
  CheckImmutableStruct("batch.PodFailurePolicy", spec, old_spec, "podFailurePolicy", path, out);
  CheckImmutable(spec, old_spec, "backoffLimitPerIndex", path, out);
  CheckImmutable(spec, old_spec, "managedBy", path, out);
  CheckImmutableStruct("batch.SuccessPolicy", spec, old_spec, "successPolicy", path, out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) {
    WarnOfPodHostName(object, out);
  } else if (IntOf(ObjectOf(object, "metadata"), "generation") ==
             IntOf(ObjectOf(*old, "metadata"), "generation")) {
    return;
  }
  WarnOfPodTemplate(ObjectOf(ObjectOf(object, "spec"), "template"), "spec.template", out);
}

constexpr std::string_view kOrphansByDefault =
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background "
    "to "
    "remove them or set propagationPolicy=Orphan to suppress this warning";

constexpr std::string_view kLabels[] = {"status.successful"};

std::string FieldValue(const Object& object, std::string_view) {
  return std::to_string(IntOf(ObjectOf(object, "status"), "succeeded"));
}

std::string UnknownLabelText(std::string_view, std::string_view label) {
  return "field label \"" + std::string(label) + "\" not supported for Job";
}

const KindRules kStatus{.group = "batch",
                        .resource = "jobs",
                        .subresource = "status",
                        .canonicalize = Canonicalize,
                        .validate_update = CheckJobStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kJobRules{.group = "batch",
                          .resource = "jobs",
                          .defaults = Default,
                          .has_status = true,
                          .generation = GenerationRule::kSpec,
                          .prepare_create = PrepareCreate,
                          .canonicalize = Canonicalize,
                          .validate = Validate,
                          .validate_update = ValidateUpdate,
                          .warn = Warn,
                          .update_metadata = UpdateMetadata::kCreateAndUpdate,
                          .garbage_collection = GarbageCollectionPolicy::kOrphan,
                          .unstated_propagation_warning = kOrphansByDefault,
                          .field_labels = kLabels,
                          .field_value = FieldValue,
                          .unknown_label_text = UnknownLabelText,
                          .subresources = kParts};

}  // namespace apiserver
