// ControllerRevisions. Source: kubernetes/pkg/apis/apps/validation, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

void Validate(const Object& object, Violations& out) {
  CheckNonNegative(object, "revision", FieldPath(""), out);
  const FieldPath path("data");
  if (!IsSet(object, "data")) {
    out.Required(path, "data is mandatory");
  } else if (!object.at("data").is_object()) {
    out.Required(path, "data must be a valid JSON object");
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  CheckNonNegative(object, "revision", FieldPath(""), out);
  const Value* data = object.if_contains("data");
  const Value* old_data = old.if_contains("data");
  const Value none;
  if ((data == nullptr ? none : *data) != (old_data == nullptr ? none : *old_data)) {
    out.Invalid(FieldPath("data"), data == nullptr ? none : *data, kFieldImmutable);
  }
}

}  // namespace

const KindRules kControllerRevisionRules{.group = "apps",
                                         .resource = "controllerrevisions",
                                         .validate = Validate,
                                         .validate_update = ValidateUpdate,
                                         .update_metadata = UpdateMetadata::kUpdateAndCreate};

}  // namespace apiserver
