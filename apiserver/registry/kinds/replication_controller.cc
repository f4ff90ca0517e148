// ReplicationControllers. Source: kubernetes/pkg/apis/core and
// pkg/registry/core/replicationcontroller, 1.36.
#include "apiserver/api/label_selector.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/registry/kinds/workload_status.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  FillPointer(spec, "replicas", 1);
  if (!IsSet(spec, "template")) return;
  DefaultPodTemplate(spec);
  const Object labels = ObjectOf(ObjectOf(ObjectOf(spec, "template"), "metadata"), "labels");
  if (labels.empty()) return;
  if (ObjectOf(spec, "selector").empty()) spec["selector"] = labels;
  Object& meta = EnsureObject(object, "metadata");
  if (ObjectOf(meta, "labels").empty()) meta["labels"] = labels;
}

void CheckTemplate(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "template")) {
    out.Required(path.Child("template"));
    return;
  }
  const Object& pod_template = ObjectOf(spec, "template");
  const Value* labels = ObjectOf(pod_template, "metadata").if_contains("labels");
  const LabelSelector selector = LabelSelector::FromMap(spec.if_contains("selector"));
  if (!selector.is_empty() && !selector.Matches(labels)) {
    out.Invalid(path.Child("template.metadata.labels"), labels == nullptr ? Value() : *labels,
                "`selector` does not match template `labels`");
  }
  CheckPodTemplate(pod_template, path.Child("template"), out);
  CheckServicePods(spec, path, "ReplicationController", out);
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckNonNegative(spec, "minReadySeconds", path, out);
  if (ObjectOf(spec, "selector").empty()) out.Required(path.Child("selector"));
  CheckNonNegative(spec, "replicas", path, out);
  CheckTemplate(spec, path, out);
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  CheckReplicaCounts(ObjectOf(object, "status"), out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) WarnOfPodHostName(object, out);
  WarnOfPodTemplate(ObjectOf(ObjectOf(object, "spec"), "template"), "spec.template", out);
}

constexpr std::string_view kLabels[] = {"status.replicas"};

std::string FieldValue(const Object& object, std::string_view) {
  return std::to_string(IntOf(ObjectOf(object, "status"), "replicas"));
}

const KindRules kStatus{.group = "",
                        .resource = "replicationcontrollers",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kReplicationControllerRules{.group = "",
                                            .resource = "replicationcontrollers",
                                            .name_rule = NameRule::kLongName,
                                            .defaults = Default,
                                            .has_status = true,
                                            .generation = GenerationRule::kSpec,
                                            .validate = Validate,
                                            .validate_update = ValidateUpdate,
                                            .warn = Warn,
                                            .garbage_collection = GarbageCollectionPolicy::kOrphan,
                                            .field_labels = kLabels,
                                            .field_value = FieldValue,
                                            .subresources = kParts};

}  // namespace apiserver
