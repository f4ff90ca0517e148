#include "apiserver/registry/kinds/volume_spec.h"

#include "apiserver/api/quantity.h"
#include "apiserver/api/unified_diff.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/claim_spec.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/registry/kinds/volume_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

// In upstream's order of checks.
constexpr std::string_view kSources[] = {"hostPath",
                                         "gcePersistentDisk",
                                         "awsElasticBlockStore",
                                         "glusterfs",
                                         "flocker",
                                         "nfs",
                                         "rbd",
                                         "quobyte",
                                         "cephfs",
                                         "iscsi",
                                         "cinder",
                                         "fc",
                                         "flexVolume",
                                         "azureFile",
                                         "vsphereVolume",
                                         "photonPersistentDisk",
                                         "portworxVolume",
                                         "azureDisk",
                                         "scaleIO",
                                         "local",
                                         "storageos",
                                         "csi"};

void CheckSecretRef(const Object& csi, std::string_view name, const FieldPath& path,
                    Violations& out) {
  if (!IsSet(csi, name)) return;
  const FieldPath ref_path = path.Child(name);
  if (CheckRequiredText(ObjectOf(csi, name), "name", ref_path, out)) {
    CheckDnsSubdomain(TextOf(ObjectOf(csi, name), "name"), ref_path.Child("name"), out);
  }
  const std::string_view secret_namespace = TextOf(ObjectOf(csi, name), "namespace");
  if (secret_namespace.empty()) {
    out.Required(ref_path.Child("namespace"));
  } else {
    CheckDnsLabel(secret_namespace, ref_path.Child("namespace"), out);
  }
}

void CheckCsi(const Object& csi, const FieldPath& path, Violations& out) {
  CheckCsiDriverName(TextOf(csi, "driver"), path.Child("driver"), out);
  CheckRequiredText(csi, "volumeHandle", path, out);
  for (std::string_view name : {"controllerPublishSecretRef", "controllerExpandSecretRef",
                                "nodePublishSecretRef", "nodeExpandSecretRef"}) {
    CheckSecretRef(csi, name, path, out);
  }
}

void CheckLocal(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& local = ObjectOf(spec, "local");
  const FieldPath local_path = path.Child("local");
  if (CheckRequiredText(local, "path", local_path, out)) {
    const std::string_view text = TextOf(local, "path");
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t end = std::min(text.find('/', start), text.size());
      if (text.substr(start, end - start) == "..") {
        out.Invalid(local_path.Child("path"), text, "must not contain '..'");
        break;
      }
      start = end + 1;
    }
  }
  if (!IsSet(spec, "nodeAffinity")) {
    out.Required(path.Child("nodeAffinity"), "Local volume requires node affinity");
  }
}

void CheckSource(std::string_view kind, const Object& spec, std::string_view volume_name,
                 const FieldPath& path, Violations& out) {
  if (kind == "hostPath") {
    CheckHostPath(spec, path, out);
  } else if (kind == "nfs") {
    CheckNfs(spec, path, out);
  } else if (kind == "iscsi") {
    CheckIscsi(ObjectOf(spec, kind), VolumeOwner::kPersistentVolume, volume_name, path.Child(kind),
               out);
  } else if (kind == "fc") {
    CheckFibreChannel(spec, path, out);
  } else if (kind == "local") {
    CheckLocal(spec, path, out);
  } else if (kind == "csi") {
    CheckCsi(ObjectOf(spec, "csi"), path.Child("csi"), out);
  } else {
    CheckLegacySource(kind, ObjectOf(spec, kind), VolumeOwner::kPersistentVolume, path, out);
  }
}

void CheckSources(const Object& spec, std::string_view volume_name, const FieldPath& path,
                  Violations& out) {
  bool found = false;
  for (std::string_view kind : kSources) {
    if (!IsSet(spec, kind)) continue;
    // Upstream spells one of them otherwise, and counts flexible volumes without looking.
    if (found && kind != "flexVolume") {
      out.Forbidden(path.Child(kind == "cephfs" ? "cephFS" : kind),
                    "may not specify more than 1 volume type");
      continue;
    }
    found = true;
    CheckSource(kind, spec, volume_name, path, out);
  }
  if (!found) out.Required(path, "must specify a volume type");
}

void CheckCapacity(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& capacity = ObjectOf(spec, "capacity");
  const FieldPath capacity_path = path.Child("capacity");
  if (capacity.empty()) out.Required(capacity_path);
  if (!capacity.contains("storage") || capacity.size() > 1) {
    out.NotSupported(capacity_path, IsSet(spec, "capacity") ? Value(capacity) : Value(),
                     {"storage"});
  }
  for (const auto& entry : capacity) {
    const auto amount = Quantity::FromJson(entry.value());
    if (amount.ok() && amount->sign() < 0) {
      out.Invalid(capacity_path.Key(entry.key()), amount->milli_value() / 1000,
                  "must be a valid resource quantity");
    }
    CheckPositiveQuantity(entry.value(), capacity_path.Key(entry.key()), out);
  }
}

void CheckNodeAffinity(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "nodeAffinity")) return;
  const FieldPath affinity_path = path.Child("nodeAffinity");
  const Object& affinity = ObjectOf(spec, "nodeAffinity");
  if (IsSet(affinity, "required")) {
    CheckNodeSelector(ObjectOf(affinity, "required"), affinity_path.Child("required"), out);
  } else {
    out.Required(affinity_path.Child("required"), "must specify required node constraints");
  }
}

// Stable names of labels for those that nodes had first.
std::string_view StableLabel(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> kStable[] = {
      {"beta.kubernetes.io/arch", "kubernetes.io/arch"},
      {"beta.kubernetes.io/os", "kubernetes.io/os"},
      {"beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"},
      {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
      {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"}};
  for (const auto& [beta, stable] : kStable) {
    if (beta == key) return stable;
  }
  return {};
}

// `old` with the keys of `now` where they are the stable names of the old ones; upstream also lets
// a key without a stable name become empty.
void TakeStableKeys(const Object& now, Object& old) {
  Object* required = IfObjectOf(old, "required");
  if (required == nullptr) return;
  const Array& terms = ArrayOf(ObjectOf(now, "required"), "nodeSelectorTerms");
  std::size_t term = 0;
  ForEachObject(*required, "nodeSelectorTerms", [&](Object& old_term) {
    const std::size_t at = term++;
    if (at >= terms.size()) return;
    for (std::string_view list : {"matchExpressions", "matchFields"}) {
      const Array& wanted = ArrayOf(terms[at], list);
      std::size_t index = 0;
      ForEachObject(old_term, list, [&](Object& requirement) {
        if (index >= wanted.size()) return;
        const std::string_view key = TextOf(wanted[index++], "key");
        if (StableLabel(TextOf(requirement, "key")) == key) requirement["key"] = key;
      });
    }
  });
}

void CheckNodeAffinityChange(const Object& spec, const Object& old_spec, Violations& out) {
  constexpr std::string_view kName = "nodeAffinity";
  if (!IsSet(old_spec, kName)) return;
  Object old;
  old[kName] = old_spec.at(kName);
  TakeStableKeys(ObjectOf(spec, kName), *IfObjectOf(old, kName));
  if (SameMember(spec, old, kName)) return;
  const Value shown =
      IsSet(spec, kName) ? InternalForm("core.VolumeNodeAffinity", spec.at(kName)) : Value();
  out.Invalid(FieldPath(kName), shown,
              "field is immutable, except for updating from beta label to GA");
}

bool IsRoot(std::string_view text) {
  return !text.empty() && text.find_first_not_of("/.") == std::string_view::npos;
}

void CheckVolume(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  if (ArrayOf(spec, "accessModes").empty()) out.Required(path.Child("accessModes"));
  CheckAccessModes(spec, path, out);
  CheckCapacity(spec, path, out);
  const std::string_view policy = TextOf(spec, "persistentVolumeReclaimPolicy");
  if (!policy.empty()) {
    CheckOneOf(policy, {"Delete", "Recycle", "Retain"}, path.Child("persistentVolumeReclaimPolicy"),
               out);
  }
  CheckNodeAffinity(spec, path, out);
  CheckSources(spec, TextOf(ObjectOf(object, "metadata"), "name"), path, out);
  if (policy == "Recycle" && IsRoot(TextOf(ObjectOf(spec, "hostPath"), "path"))) {
    out.Forbidden(path.Child("persistentVolumeReclaimPolicy"),
                  "may not be 'recycle' for a hostPath mount of '/'");
  }
  if (const std::string_view name = TextOf(spec, "storageClassName"); !name.empty()) {
    CheckDnsSubdomain(name, path.Child("storageClassName"), out);
  }
  CheckOptionalOneOf(spec, "volumeMode", {"Block", "Filesystem"}, path, out);
  constexpr std::string_view kAttributes = "volumeAttributesClassName";
  if (!IsSet(spec, kAttributes)) return;
  if (TextOf(spec, kAttributes).empty()) {
    out.Required(path.Child(kAttributes), "an empty string is disallowed");
  } else {
    CheckDnsSubdomain(TextOf(spec, kAttributes), path.Child(kAttributes), out);
  }
  if (!IsSet(spec, "csi")) {
    out.Required(path.Child("csi"), "has to be specified when using volumeAttributesClassName");
  }
}

// Options in an annotation, for the kinds of volumes that take them.
void CheckMountOptions(const Object& object, Violations& out) {
  constexpr std::string_view kMountable[] = {"gcePersistentDisk",
                                             "awsElasticBlockStore",
                                             "glusterfs",
                                             "nfs",
                                             "rbd",
                                             "quobyte",
                                             "iscsi",
                                             "cinder",
                                             "cephfs",
                                             "azureFile",
                                             "vsphereVolume",
                                             "azureDisk",
                                             "photonPersistentDisk"};
  const Object& spec = ObjectOf(object, "spec");
  for (std::string_view kind : kMountable) {
    if (IsSet(spec, kind)) return;
  }
  constexpr std::string_view kAnnotation = "volume.beta.kubernetes.io/mount-options";
  if (!ObjectOf(ObjectOf(object, "metadata"), "annotations").contains(kAnnotation)) return;
  const FieldPath path("metadata.annotations");
  out.Forbidden(path.Child(kAnnotation), "may not specify mount options for this volume type");
}

}  // namespace

void ValidatePersistentVolume(const Object& object, Violations& out) {
  CheckVolume(object, out);
  CheckMountOptions(object, out);
}

void ValidatePersistentVolumeUpdate(const Object& object, const Object& old, Violations& out) {
  ValidatePersistentVolume(object, out);
  CheckVolume(object, out);  // a second time, and so upstream
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  for (std::string_view kind : kSources) {
    bool same = SameMember(spec, old_spec, kind);
    if (kind == "csi" && !same && IsSet(old_spec, "csi") &&
        !IsSet(ObjectOf(old_spec, "csi"), "controllerExpandSecretRef")) {
      same = SameExcept(ObjectOf(spec, "csi"), ObjectOf(old_spec, "csi"),
                        {"controllerExpandSecretRef"});
    }
    if (same) continue;
    constexpr std::string_view kRow = "core.PersistentVolumeSource";
    out.Forbidden(FieldPath("spec.persistentvolumesource"),
                  "spec.persistentvolumesource is immutable after creation\n" +
                      UnifiedDiff(InternalForm(kRow, old_spec), InternalForm(kRow, spec)));
    break;
  }
  CheckImmutable(spec, old_spec, "volumeMode", FieldPath(""), out);
  CheckNodeAffinityChange(spec, old_spec, out);
  constexpr std::string_view kAttributes = "volumeAttributesClassName";
  if (IsSet(old_spec, kAttributes) && !IsSet(spec, kAttributes)) {
    out.Forbidden(FieldPath("spec.volumeAttributesClassName"),
                  "update from non-nil value to nil is forbidden");
  }
}

}  // namespace apiserver
