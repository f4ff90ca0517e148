// ReplicaSets. Source: kubernetes/pkg/apis/apps and pkg/registry/apps/replicaset, 1.36.
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
  DefaultPodTemplate(spec);
  FillPointer(spec, "replicas", 1);
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckNonNegative(spec, "replicas", path, out);
  CheckNonNegative(spec, "minReadySeconds", path, out);
  // Upstream's sentence names deployments here, too.
  if (CheckWorkloadSelector(spec, path, "deployment", out)) {
    CheckServiceTemplate(spec, path, "ReplicaSet", out);
  } else {
    out.Invalid(path.Child("selector"), spec.at("selector"), "invalid label selector");
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  CheckImmutable(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "selector", FieldPath("spec"),
                 out);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  CheckReplicaCounts(ObjectOf(object, "status"), out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) WarnOfPodHostName(object, out);
  WarnOfPodTemplate(ObjectOf(ObjectOf(object, "spec"), "template"), "spec.template", out);
}

const KindRules kStatus{.group = "apps",
                        .resource = "replicasets",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kReplicaSetRules{.group = "apps",
                                 .resource = "replicasets",
                                 .defaults = Default,
                                 .has_status = true,
                                 .generation = GenerationRule::kSpec,
                                 .validate = Validate,
                                 .validate_update = ValidateUpdate,
                                 .warn = Warn,
                                 .subresources = kParts};

}  // namespace apiserver
