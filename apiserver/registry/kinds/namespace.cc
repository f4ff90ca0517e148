// Namespaces. Source: kubernetes/pkg/apis/core and pkg/registry/core/namespace, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kNameLabel = "kubernetes.io/metadata.name";

void SetNameLabel(Object& object) {
  Object& meta = EnsureObject(object, "metadata");
  const std::string name(TextOf(meta, "name"));
  if (!name.empty()) EnsureObject(meta, "labels")[kNameLabel] = name;
}

void Default(Object& object) {
  SetNameLabel(object);
  FillText(EnsureObject(object, "status"), "phase", "Active");
}

void PrepareCreate(const StrategyContext&, Object& object) {
  Object& status = object["status"].emplace_object();
  status["phase"] = "Active";
  Object& spec = EnsureObject(object, "spec");
  Value& finalizers = spec["finalizers"];
  if (!finalizers.is_array()) finalizers.emplace_array();
  for (const Value& finalizer : finalizers.get_array()) {
    if (AsText(finalizer) == "kubernetes") return;
  }
  finalizers.get_array().push_back("kubernetes");
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  Object& spec = EnsureObject(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  if (IsSet(old_spec, "finalizers")) {
    spec["finalizers"] = old_spec.at("finalizers");
  } else {
    spec.erase("finalizers");
  }
}

// Creation names the list, updates name the item.
void CheckFinalizers(const Object& object, bool is_update, Violations& out) {
  const FieldPath path("spec.finalizers");
  std::size_t index = 0;
  for (const Value& finalizer : ArrayOf(ObjectOf(object, "spec"), "finalizers")) {
    const FieldPath item_path = path.Index(index++);
    const FieldPath& shown_path = is_update ? item_path : path;
    const std::string_view name = AsText(finalizer);
    CheckQualified(name, shown_path, out);
    const bool is_standard =
        name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (name.find('/') == std::string_view::npos && !is_standard) {
      out.Invalid(shown_path, name,
                  "name is neither a standard finalizer name nor is it fully qualified");
    }
  }
}

void Validate(const Object& object, Violations& out) { CheckFinalizers(object, false, out); }

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const std::string_view phase = TextOf(ObjectOf(object, "status"), "phase");
  const bool deleting = IsSet(ObjectOf(object, "metadata"), "deletionTimestamp");
  const FieldPath path("status.Phase");
  if (!deleting && phase != "Active") {
    out.Invalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty");
  } else if (deleting && phase != "Terminating") {
    out.Invalid(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
  }
}

void ValidateFinalizeUpdate(const Object& object, const Object&, Violations& out) {
  CheckFinalizers(object, true, out);
}

void PrepareFinalize(const StrategyContext&, Object& object, const Object& old) {
  if (IsSet(old, "status")) object["status"] = old.at("status");
}

constexpr std::string_view kLabels[] = {"status.phase"};
std::string FieldValue(const Object& object, std::string_view) {
  return std::string(TextOf(ObjectOf(object, "status"), "phase"));
}

const KindRules kStatus{.group = "",
                        .resource = "namespaces",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr std::string_view kFinalizeReset[] = {"status"};
const KindRules kFinalize{.group = "",
                          .resource = "namespaces",
                          .subresource = "finalize",
                          .prepare_update = PrepareFinalize,
                          .validate_update = ValidateFinalizeUpdate,
                          .reset = kFinalizeReset};
constexpr const KindRules* kParts[] = {&kStatus, &kFinalize};

}  // namespace

const KindRules kNamespaceRules{.group = "",
                                .resource = "namespaces",
                                .name_rule = NameRule::kDnsLabel,
                                .defaults = Default,
                                .has_status = true,
                                .prepare_create = PrepareCreate,
                                .prepare_update = PrepareUpdate,
                                .canonicalize = SetNameLabel,
                                .validate = Validate,
                                .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                .answers_deleted_object = true,
                                .field_labels = kLabels,
                                .field_value = FieldValue,
                                .subresources = kParts};

}  // namespace apiserver
