// PersistentVolumeClaims. Source: kubernetes/pkg/apis/core/validation and
// pkg/registry/core/persistentvolumeclaim, 1.36.
#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/api/unified_diff.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/claim_spec.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/object_warnings.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kBetaClass = "volume.beta.kubernetes.io/storage-class";

void Default(Object& object) {
  DefaultClaimSpec(EnsureObject(object, "spec"));
  FillText(EnsureObject(object, "status"), "phase", "Pending");
}

// dataSource and dataSourceRef say the same unless another namespace is meant.
void NormalizeSources(Object& spec) {
  const bool has_source = IsSet(spec, "dataSource");
  const bool has_ref = IsSet(spec, "dataSourceRef");
  if (has_source && !has_ref) {
    spec["dataSourceRef"] = spec.at("dataSource");
  } else if (has_ref && !has_source &&
             TextOf(ObjectOf(spec, "dataSourceRef"), "namespace").empty()) {
    const Object ref = ObjectOf(spec, "dataSourceRef");
    Object& source = spec["dataSource"].emplace_object();
    for (std::string_view name : {"apiGroup", "kind", "name"}) {
      if (IsSet(ref, name)) source[name] = ref.at(name);
    }
  }
}

// Kinds that a plain dataSource can't name are dropped silently.
void DropUnknownSource(Object& spec) {
  if (IsSet(spec, "dataSourceRef")) return;
  const Object& source = ObjectOf(spec, "dataSource");
  const std::string_view kind = TextOf(source, "kind");
  const std::string_view group = TextOf(source, "apiGroup");
  const bool known = (kind == "PersistentVolumeClaim" && group.empty()) ||
                     (kind == "VolumeSnapshot" && group == "snapshot.storage.k8s.io");
  if (!known) spec.erase("dataSource");
}

// Volumes from other namespaces are an alpha feature: such references are dropped silently.
void DropForeignSource(Object& spec) {
  if (!TextOf(ObjectOf(spec, "dataSourceRef"), "namespace").empty()) spec.erase("dataSourceRef");
}

void PrepareCreate(const StrategyContext&, Object& object) {
  Object& spec = EnsureObject(object, "spec");
  object["status"].emplace_object()["phase"] = "Pending";
  DropForeignSource(spec);
  DropUnknownSource(spec);
  NormalizeSources(spec);
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  Object& spec = EnsureObject(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  const bool had_ref = IsSet(old_spec, "dataSourceRef");
  if (!had_ref) DropForeignSource(spec);
  if (!had_ref && !IsSet(old_spec, "dataSource")) DropUnknownSource(spec);
  NormalizeSources(spec);
}

void Validate(const Object& object, Violations& out) {
  CheckClaimSpec(ObjectOf(object, "spec"), FieldPath("spec"), out);
}

Quantity StorageOf(const Object& resources, std::string_view list) {
  const Value* value = ObjectOf(resources, list).if_contains("storage");
  if (value == nullptr) return {};
  const auto parsed = Quantity::FromJson(*value);
  return parsed.ok() ? parsed.value() : Quantity();
}

// A copy of the new spec in which everything that may change is as it was.
Object Restored(const Object& object, const Object& old) {
  Object spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  const Object& annotations = ObjectOf(ObjectOf(old, "metadata"), "annotations");
  if (IsSet(spec, "storageClassName") && !IsSet(old_spec, "storageClassName")) {
    const std::string_view old_class = TextOf(annotations, kBetaClass);
    const bool upgrade =
        !annotations.contains(kBetaClass) || old_class == TextOf(spec, "storageClassName");
    if (upgrade) spec.erase("storageClassName");
  }
  if (TextOf(ObjectOf(object, "status"), "phase") == "Bound") {
    const Object old_requests = ObjectOf(ObjectOf(old_spec, "resources"), "requests");
    if (IsSet(ObjectOf(spec, "resources"), "requests")) {
      Object& requests = EnsureObject(EnsureObject(spec, "resources"), "requests");
      if (old_requests.contains("storage")) requests["storage"] = old_requests.at("storage");
    }
    if (IsSet(old_spec, "volumeAttributesClassName")) {
      spec["volumeAttributesClassName"] = old_spec.at("volumeAttributesClassName");
    } else {
      spec.erase("volumeAttributesClassName");
    }
  }
  return spec;
}

void CheckSize(const Object& object, const Object& old, Violations& out) {
  const Quantity old_size = StorageOf(ObjectOf(ObjectOf(old, "spec"), "resources"), "requests");
  const Quantity size = StorageOf(ObjectOf(ObjectOf(object, "spec"), "resources"), "requests");
  const Quantity real_size = StorageOf(ObjectOf(old, "status"), "capacity");
  if (size < old_size && size <= real_size) {
    out.Forbidden(FieldPath("spec.resources.requests.storage"),
                  "field can not be less than status.capacity");
  }
}

void CheckAttributesClass(const Object& object, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  constexpr std::string_view kName = "volumeAttributesClassName";
  if (SameMember(spec, old_spec, kName)) return;
  if (!IsSet(ObjectOf(old, "status"), "currentVolumeAttributesClassName")) return;
  const FieldPath path("spec.volumeAttributesClassName");
  constexpr std::string_view kReason =
      "is forbidden when status.currentVolumeAttributesClassName is not nil";
  if (!IsSet(spec, kName)) {
    out.Forbidden(path, "update to nil " + std::string(kReason));
  } else if (TextOf(spec, kName).empty()) {
    out.Forbidden(path, "update to empty string " + std::string(kReason));
  }
}

// The class in its old place is immutable, unless it moves to its new one.
void CheckClassAnnotation(const Object& object, const Object& old, Violations& out) {
  const Object& annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
  const Object& old_annotations = ObjectOf(ObjectOf(old, "metadata"), "annotations");
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view now = TextOf(annotations, kBetaClass);
  const std::string_view before = TextOf(old_annotations, kBetaClass);
  const bool moves =
      old_annotations.contains(kBetaClass) && !IsSet(ObjectOf(old, "spec"), "storageClassName") &&
      IsSet(spec, "storageClassName") && TextOf(spec, "storageClassName") == before &&
      (!annotations.contains(kBetaClass) || now == before);
  if (moves || now == before) return;
  const FieldPath path("metadata.annotations");
  out.Invalid(path.Child(kBetaClass), now, kFieldImmutable);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  const Object& old_spec = ObjectOf(old, "spec");
  CheckClassAnnotation(object, old, out);
  const bool was_unbound = TextOf(old_spec, "volumeName").empty();
  const Object restored = Restored(object, old);
  const bool same = was_unbound ? SameExcept(restored, old_spec, {"volumeName"})
                                : SameExcept(restored, old_spec, {});
  if (!same) {
    Object before = old_spec;
    if (was_unbound) TakeMember(before, restored, "volumeName");
    constexpr std::string_view kRow = "core.PersistentVolumeClaimSpec";
    out.Forbidden(FieldPath("spec"),
                  "spec is immutable after creation except resources.requests and "
                  "volumeAttributesClassName for bound claims\n" +
                      UnifiedDiff(InternalForm(kRow, before), InternalForm(kRow, restored)));
  }
  CheckSize(object, old, out);
  CheckImmutable(ObjectOf(object, "spec"), old_spec, "volumeMode", FieldPath(""), out);
  CheckAttributesClass(object, old, out);
}

const SupportedValues kResizeStates = {"ControllerResizeInProgress", "ControllerResizeInfeasible",
                                       "NodeResizeInProgress", "NodeResizeInfeasible",
                                       "NodeResizePending"};

void CheckBasicAmount(const Value& quantity, const FieldPath& path, Violations& out) {
  const auto parsed = Quantity::FromJson(quantity);
  if (parsed.ok() && parsed->sign() < 0) {
    out.Invalid(path, parsed->value(), "must be a valid resource quantity");
  }
}

// Only storage, and what others have named.
bool CheckResourceKey(std::string_view key, const FieldPath& path, Violations& out) {
  const std::size_t before = out.size();
  CheckQualified(key, path, out);
  if (out.size() == before && IsNativeResource(key) && key != "storage") {
    out.NotSupported(path, key, {"storage"});
  }
  return out.size() == before;
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const Object& status = ObjectOf(object, "status");
  const FieldPath path("status.capacity");
  for (const auto& entry : ObjectOf(status, "capacity")) {
    CheckBasicAmount(entry.value(), path.Key(entry.key()), out);
  }
  const FieldPath states_path("status.allocatedResourceStatuses");
  for (const auto& entry : ObjectOf(status, "allocatedResourceStatuses")) {
    CheckResourceKey(entry.key(), states_path, out);
    const std::string_view state = AsText(entry.value());
    if (std::find(kResizeStates.begin(), kResizeStates.end(), state) == kResizeStates.end()) {
      out.NotSupported(states_path, entry.key(), kResizeStates);
    }
  }
  const FieldPath allocated_path("status.allocatedResources");
  for (const auto& entry : ObjectOf(status, "allocatedResources")) {
    if (!CheckResourceKey(entry.key(), allocated_path, out)) continue;
    CheckBasicAmount(entry.value(), allocated_path.Key(entry.key()), out);
  }
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  WarnOfClaim(object, old, out);
}

const KindRules kStatus{.group = "",
                        .resource = "persistentvolumeclaims",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

void CheckPositiveQuantity(const Value& quantity, const FieldPath& path, Violations& out) {
  const auto parsed = Quantity::FromJson(quantity);
  if (parsed.ok() && parsed->sign() <= 0) {
    out.Invalid(path, parsed->Text(), "must be greater than zero");
  }
}

void CheckAccessModes(const Object& spec, const FieldPath& path, Violations& out) {
  bool has_single = false;
  bool has_other = false;
  const FieldPath modes_path = path.Child("accessModes");
  for (const Value& mode : ArrayOf(spec, "accessModes")) {
    const std::string_view text = AsText(mode);
    const bool known = text == "ReadOnlyMany" || text == "ReadWriteMany" || text == "ReadWriteOnce";
    if (text == "ReadWriteOncePod") {
      has_single = true;
    } else if (known) {
      has_other = true;
    } else {
      out.NotSupported(modes_path, text,
                       {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
    }
  }
  if (has_single && has_other) {
    out.Forbidden(modes_path, "may not use ReadWriteOncePod with other access modes");
  }
}

namespace {

void CheckSource(const Object& spec, std::string_view name, const FieldPath& path,
                 Violations& out) {
  if (!IsSet(spec, name)) return;
  const Object& source = ObjectOf(spec, name);
  const FieldPath source_path = path.Child(name);
  CheckRequiredText(source, "name", source_path, out);
  CheckRequiredText(source, "kind", source_path, out);
  const std::string_view group = TextOf(source, "apiGroup");
  const std::string_view kind = TextOf(source, "kind");
  if (group.empty() && kind != "PersistentVolumeClaim") {
    out.Invalid(source_path, kind,
                "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  if (!group.empty()) CheckDnsSubdomain(group, source_path.Child("apiGroup"), out);
  const std::string_view source_namespace = TextOf(source, "namespace");
  if (!source_namespace.empty()) {
    CheckDnsLabel(source_namespace, source_path.Child("namespace"), out);
  }
}

void CheckSourcesAgree(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "dataSource") || !IsSet(spec, "dataSourceRef")) return;
  const Object& source = ObjectOf(spec, "dataSource");
  const Object& ref = ObjectOf(spec, "dataSourceRef");
  if (!TextOf(ref, "namespace").empty()) {
    out.Invalid(path, Object(), "may not be specified when dataSourceRef.namespace is specified");
  } else if (!SameExcept(source, ref, {"namespace"})) {
    out.Invalid(path, Object(), "must match dataSourceRef");
  }
}

}  // namespace

void CheckClaimSpec(const Object& claim_spec, const FieldPath& path, Violations& out) {
  if (ArrayOf(claim_spec, "accessModes").empty()) {
    out.Required(path.Child("accessModes"), "at least 1 access mode is required");
  }
  CheckSelector(claim_spec, "selector", path, out);
  CheckAccessModes(claim_spec, path, out);
  const FieldPath resources_path = path.Child("resources");
  const Object& requests = ObjectOf(ObjectOf(claim_spec, "resources"), "requests");
  if (!requests.contains("storage")) {
    out.Required(resources_path.Key("storage"));
  } else {
    CheckPositiveQuantity(requests.at("storage"), resources_path.Key("storage"), out);
  }
  if (const std::string_view name = TextOf(claim_spec, "storageClassName"); !name.empty()) {
    CheckDnsSubdomain(name, path.Child("storageClassName"), out);
  }
  CheckOptionalOneOf(claim_spec, "volumeMode", {"Block", "Filesystem"}, path, out);
  CheckSource(claim_spec, "dataSource", path, out);
  CheckSource(claim_spec, "dataSourceRef", path, out);
  CheckSourcesAgree(claim_spec, path, out);
  if (const std::string_view name = TextOf(claim_spec, "volumeAttributesClassName");
      !name.empty()) {
    CheckDnsSubdomain(name, path.Child("volumeAttributesClassName"), out);
  }
}

const KindRules kPersistentVolumeClaimRules{.group = "",
                                            .resource = "persistentvolumeclaims",
                                            .defaults = Default,
                                            .has_status = true,
                                            .prepare_create = PrepareCreate,
                                            .prepare_update = PrepareUpdate,
                                            .validate = Validate,
                                            .validate_update = ValidateUpdate,
                                            .warn = Warn,
                                            .update_metadata = UpdateMetadata::kUpdateAndCreate,
                                            .answers_deleted_object = true,
                                            .subresources = kParts};

}  // namespace apiserver
