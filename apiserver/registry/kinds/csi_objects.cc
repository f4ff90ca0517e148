// CSI drivers, nodes and capacities, and the attachments that drivers make.
// Source: kubernetes/pkg/apis/storage and pkg/registry/storage, 1.36.
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/volume_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "storage.k8s.io";

// ---- VolumeAttachment

void ValidateAttachment(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view attacher = TextOf(spec, "attacher");
  if (attacher.empty()) {
    out.Required(path.Child("attacher"));
  } else {
    CheckCsiDriverName(attacher, path.Child("attacher"), out);
  }
  const Object& source = ObjectOf(spec, "source");
  const bool inline_spec = IsSet(source, "inlineVolumeSpec");
  const bool by_name = IsSet(source, "persistentVolumeName");
  const FieldPath source_path = path.Child("source");
  if (inline_spec && by_name) {
    out.Forbidden(source_path,
                  "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  } else if (!inline_spec && !by_name) {
    out.Required(source_path,
                 "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  } else if (by_name && TextOf(source, "persistentVolumeName").empty()) {
    out.Required(source_path.Child("persistentVolumeName"),
                 "must specify non empty persistentVolumeName");
  }
  CheckDnsSubdomain(TextOf(spec, "nodeName"), path.Child("nodeName"), out);
  if (by_name) {
    CheckDnsSubdomain(TextOf(source, "persistentVolumeName"),
                      source_path.Child("persistentVolumeName"), out);
  }
}

void ValidateAttachmentUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateAttachment(object, out);
  CheckImmutableStruct("storage.VolumeAttachmentSpec", object, old, "spec", FieldPath(""), out);
}

constexpr std::string_view kAttachmentStatusReset[] = {"metadata", "spec"};
const KindRules kAttachmentStatus{.group = kGroup,
                                  .resource = "volumeattachments",
                                  .subresource = "status",
                                  .update_metadata = UpdateMetadata::kCreate,
                                  .allow_unconditional_update = false,
                                  .reset = kAttachmentStatusReset};
constexpr const KindRules* kAttachmentParts[] = {&kAttachmentStatus};

// ---- CSIDriver, CSINode, CSIStorageCapacity

void DefaultDriver(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  FillPointer(spec, "attachRequired", true);
  FillPointer(spec, "podInfoOnMount", false);
  FillPointer(spec, "storageCapacity", false);
  FillPointer(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
  if (ArrayOf(spec, "volumeLifecycleModes").empty()) {
    spec["volumeLifecycleModes"] = Array{Value("Persistent")};
  }
  FillPointer(spec, "requiresRepublish", false);
  FillPointer(spec, "seLinuxMount", false);
}

void PrepareDriver(const StrategyContext&, Object& object) {
  EnsureObject(object, "spec").erase("preventPodSchedulingIfMissing");
}

void PrepareDriverUpdate(const StrategyContext&, Object& object, const Object& old) {
  EnsureObject(object, "spec").erase("preventPodSchedulingIfMissing");
  if (SameMember(object, old, "spec")) return;
  EnsureObject(object, "metadata")["generation"] =
      IntOf(ObjectOf(old, "metadata"), "generation") + 1;
}

void CheckDriverSpec(const Object& spec, Violations& out) {
  const FieldPath path("spec");
  for (std::string_view name : {"attachRequired", "podInfoOnMount", "storageCapacity"}) {
    if (!IsSet(spec, name)) out.Required(path.Child(name));
  }
  CheckOptionalOneOf(spec, "fsGroupPolicy", {"File", "None", "ReadWriteOnceWithFSType"}, path, out);
  const FieldPath audience_path = path.Child("tokenRequests");
  std::set<std::string_view> audiences;
  std::size_t index = 0;
  for (const Value& request : ArrayOf(spec, "tokenRequests")) {
    const FieldPath request_path = audience_path.Index(index++);
    const std::string_view audience = TextOf(request, "audience");
    if (!audiences.insert(audience).second) out.Duplicate(request_path.Child("audience"), audience);
    if (!IsSet(request, "expirationSeconds")) continue;
    const std::int64_t seconds = IntOf(AsObject(request), "expirationSeconds");
    if (seconds < 600) {
      out.Invalid(request_path.Child("expirationSeconds"), seconds,
                  "may not specify a duration less than 10 minutes");
    }
    if (seconds > std::int64_t{1} << 32) {
      out.Invalid(request_path.Child("expirationSeconds"), seconds,
                  "may not specify a duration larger than 2^32 seconds");
    }
  }
  const FieldPath modes_path = path.Child("volumeLifecycleModes");
  for (const Value& mode : ArrayOf(spec, "volumeLifecycleModes")) {
    CheckOneOf(AsText(mode), {"Persistent", "Ephemeral"}, modes_path, out);
  }
  constexpr std::string_view kPeriod = "nodeAllocatableUpdatePeriodSeconds";
  if (IsSet(spec, kPeriod) && IntOf(spec, kPeriod) < 10) {
    out.Invalid(path.Child(kPeriod), IntOf(spec, kPeriod),
                "must be greater than or equal to 10 seconds");
  }
}

void ValidateDriver(const Object& object, Violations& out) {
  CheckDriverSpec(ObjectOf(object, "spec"), out);
}

void ValidateDriverUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  CheckDriverSpec(spec, out);
  if (!SameMember(spec, old_spec, "attachRequired")) {
    // Upstream spells the field so.
    out.Invalid(FieldPath("spec.attachedRequired"), FlagOf(spec, "attachRequired"),
                kFieldImmutable);
  }
  CheckImmutable(spec, old_spec, "volumeLifecycleModes", FieldPath("spec"), out);
}

void WarnDriver(const Object& object, const Object* old, std::vector<std::string>& out) {
  const Object& spec = ObjectOf(object, "spec");
  if (old != nullptr && SameMember(spec, ObjectOf(*old, "spec"), "tokenRequests")) return;
  if (!ArrayOf(spec, "tokenRequests").empty() && !IsSet(spec, "serviceAccountTokenInSecrets")) {
    out.push_back(
        "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true "
        "to "
        "prevent possible logging of tokens in volume attributes");
  }
}

void ValidateNodeDrivers(const Object& object, Violations& out) {
  const FieldPath path("spec.drivers");
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const Value& driver : ArrayOf(ObjectOf(object, "spec"), "drivers")) {
    const FieldPath driver_path = path.Index(index++);
    const std::string_view name = TextOf(driver, "name");
    CheckCsiDriverName(name, driver_path.Child("name"), out);
    const std::string_view node = TextOf(driver, "nodeID");
    if (node.empty()) {
      out.Required(driver_path.Child("nodeID"));
    } else if (node.size() > 256) {
      out.Invalid(driver_path.Child("nodeID"), node, "must be 256 characters or less");
    }
    CheckNonNegative(ObjectOf(driver, "allocatable"), "count", driver_path.Child("allocatable"),
                     out);
    if (!names.insert(name).second) out.Duplicate(driver_path.Child("name"), name);
    std::set<std::string_view> keys;
    for (const Value& key : ArrayOf(driver, "topologyKeys")) {
      // Upstream shows what is wrong with a key at the driver.
      if (AsText(key).empty()) out.Required(driver_path);
      if (!keys.insert(AsText(key)).second) out.Duplicate(driver_path, key);
      CheckQualified(AsText(key), driver_path, out);
    }
  }
}

void ValidateNodeDriversUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateNodeDrivers(object, out);
  for (const Value& before : ArrayOf(ObjectOf(old, "spec"), "drivers")) {
    for (const Value& now : ArrayOf(ObjectOf(object, "spec"), "drivers")) {
      if (TextOf(now, "name") != TextOf(before, "name")) continue;
      if (!SameExcept(AsObject(now), AsObject(before), {"allocatable"})) {
        Object shown(AsObject(now));
        shown.erase("allocatable");  // it may change, and is left out of the comparison
        out.Invalid(FieldPath("spec.drivers"), InternalForm("storage.CSINodeDriver", shown),
                    kFieldImmutable);
      }
    }
  }
}

void CanonicalizeNodeDrivers(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  StoreEmptyAsNull(spec, "drivers");
  ForEachObject(spec, "drivers", [](Object& driver) { StoreEmptyAsNull(driver, "topologyKeys"); });
}

void ValidateCapacity(const Object& object, Violations& out) {
  const FieldPath root("");
  if (IsSet(object, "nodeTopology")) CheckSelector(object, "nodeTopology", root, out);
  CheckDnsSubdomain(TextOf(object, "storageClassName"), root.Child("storageClassName"), out);
  for (std::string_view name : {"capacity", "maximumVolumeSize"}) {
    if (IsSet(object, name)) CheckNonNegativeQuantity(object.at(name), root.Child(name), out);
  }
}

void ValidateCapacityUpdate(const Object& object, const Object& old, Violations& out) {
  const FieldPath root("");
  ValidateCapacity(object, out);
  CheckImmutable(object, old, "nodeTopology", root, out);
  CheckImmutableText(object, old, "storageClassName", root, out);
}

}  // namespace

const KindRules kVolumeAttachmentRules{.group = kGroup,
                                       .resource = "volumeattachments",
                                       .has_status = true,
                                       .validate = ValidateAttachment,
                                       .validate_update = ValidateAttachmentUpdate,
                                       .update_metadata = UpdateMetadata::kCreate,
                                       .allow_unconditional_update = false,
                                       .answers_deleted_object = true,
                                       .subresources = kAttachmentParts};
const KindRules kCsiDriverRules{.group = kGroup,
                                .resource = "csidrivers",
                                .defaults = DefaultDriver,
                                .prepare_create = PrepareDriver,
                                .prepare_update = PrepareDriverUpdate,
                                .validate = ValidateDriver,
                                .validate_update = ValidateDriverUpdate,
                                .warn = WarnDriver,
                                .allow_unconditional_update = false,
                                .answers_deleted_object = true};
const KindRules kCsiNodeRules{.group = kGroup,
                              .resource = "csinodes",
                              .canonicalize = CanonicalizeNodeDrivers,
                              .validate = ValidateNodeDrivers,
                              .validate_update = ValidateNodeDriversUpdate,
                              .update_metadata = UpdateMetadata::kCreate,
                              .allow_unconditional_update = false,
                              .answers_deleted_object = true};
const KindRules kCsiStorageCapacityRules{.group = kGroup,
                                         .resource = "csistoragecapacities",
                                         .validate = ValidateCapacity,
                                         .validate_update = ValidateCapacityUpdate,
                                         .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                         .allow_unconditional_update = false};

}  // namespace apiserver
