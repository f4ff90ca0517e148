// RuntimeClasses. Source: kubernetes/pkg/apis/node, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  if (Object* overhead = IfObjectOf(object, "overhead")) DefaultResourceList(*overhead, "podFixed");
}

void CheckScheduling(const Object& scheduling, Violations& out) {
  const FieldPath path("scheduling");
  CheckLabelMap(scheduling, "nodeSelector", path, out);
  CheckTolerations(scheduling, path, out);
  const Array& tolerations = ArrayOf(scheduling, "tolerations");
  const FieldPath list_path = path.Child("tolerations");
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (tolerations[i] != tolerations[j]) continue;
      out.Duplicate(list_path.Index(i), InternalForm("core.Toleration", tolerations[i]));
      break;
    }
  }
}

void Validate(const Object& object, Violations& out) {
  const std::string_view handler = TextOf(object, "handler");
  const FieldPath path("handler");
  if (handler.empty()) {
    out.Required(path);
  } else {
    CheckDnsLabel(handler, path, out);
  }
  if (IsSet(object, "overhead")) {
    const Object fixed{{"limits", ObjectOf(ObjectOf(object, "overhead"), "podFixed")}};
    CheckResourceRequirements(fixed, nullptr, FieldPath("overhead"), out);
  }
  if (IsSet(object, "scheduling")) CheckScheduling(ObjectOf(object, "scheduling"), out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  CheckImmutableText(object, old, "handler", FieldPath(""), out);
}

}  // namespace

const KindRules kRuntimeClassRules{.group = "node.k8s.io",
                                   .resource = "runtimeclasses",
                                   .defaults = Default,
                                   .validate = Validate,
                                   .validate_update = ValidateUpdate,
                                   .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                   .allow_create_on_update = true,
                                   .allow_unconditional_update = false};

}  // namespace apiserver
