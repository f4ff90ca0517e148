#include "apiserver/registry/kinds/volume_checks.h"

#include <algorithm>
#include <set>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/claim_spec.h"
#include "apiserver/registry/kinds/container_checks.h"

namespace apiserver {
namespace {

constexpr std::int64_t kModeMax = 0777;
constexpr std::int64_t kTokenSecondsMin = 600;
constexpr std::int64_t kTokenSecondsMax = std::int64_t{1} << 32;
constexpr std::size_t kDriverNameMax = 63;

const SupportedValues kVolumeFields = {"metadata.annotations", "metadata.labels", "metadata.name",
                                       "metadata.namespace", "metadata.uid"};

void CheckMode(const Object& holder, std::string_view name, const FieldPath& path,
               Violations& out) {
  if (!IsSet(holder, name)) return;
  const std::int64_t mode = IntOf(holder, name);
  if (mode < 0 || mode > kModeMax) {
    out.Invalid(path.Child(name), mode,
                "must be a number between 0 and 0777 (octal), both inclusive");
  }
}

void CheckItem(const Object& item, const FieldPath& path, Violations& out) {
  CheckRequiredText(item, "key", path, out);
  CheckRequiredText(item, "path", path, out);
  CheckNonReservedPath(TextOf(item, "path"), path.Child("path"), out);
  CheckMode(item, "mode", path, out);
}

void CheckItems(const Object& source, const FieldPath& path, Violations& out) {
  const FieldPath items_path = path.Child("items");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(source, "items")) {
    CheckItem(AsObject(value), items_path.Index(index++), out);
  }
}

void CheckNamedItems(const Object& source, std::string_view name, const FieldPath& path,
                     Violations& out) {
  CheckRequiredText(source, name, path, out);
  CheckMode(source, "defaultMode", path, out);
  CheckItems(source, path, out);
}

void CheckDownwardFile(const Object& file, const FieldPath& path, Violations& out) {
  CheckRequiredText(file, "path", path, out);
  CheckNonReservedPath(TextOf(file, "path"), path.Child("path"), out);
  if (IsSet(file, "fieldRef")) {
    CheckFieldRef(ObjectOf(file, "fieldRef"), kVolumeFields, path.Child("fieldRef"), out);
    if (IsSet(file, "resourceFieldRef")) {
      out.Invalid(path, "resource",
                  "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (IsSet(file, "resourceFieldRef")) {
    CheckResourceFieldRef(ObjectOf(file, "resourceFieldRef"), true, path.Child("resourceFieldRef"),
                          out);
  } else {
    out.Required(path, "one of fieldRef and resourceFieldRef is required");
  }
  CheckMode(file, "mode", path, out);
}

void CheckToken(const Object& token, const FieldPath& path, const FieldPath& projected_path,
                Violations& out) {
  const std::int64_t seconds = IntOf(token, "expirationSeconds");
  if (seconds < kTokenSecondsMin) {
    out.Invalid(path.Child("expirationSeconds"), seconds,
                "may not specify a duration less than 10 minutes");
  }
  if (seconds > kTokenSecondsMax) {
    out.Invalid(path.Child("expirationSeconds"), seconds,
                "may not specify a duration larger than 2^32 seconds");
  }
  // Upstream names the path of the volume, not of the source.
  const std::string_view file = TextOf(token, "path");
  if (file.empty()) {
    out.Required(projected_path.Child("path"));
  } else {
    CheckNonReservedPath(file, projected_path.Child("path"), out);
  }
}

class ProjectedCheck {
 public:
  ProjectedCheck(const FieldPath& path, Violations& out) : path_(path), out_(out) {}

  void Source(const Object& source, const FieldPath& source_path) {
    int kinds = 0;
    for (std::string_view kind : {"secret", "configMap"}) {
      if (!IsSet(source, kind)) continue;
      ++kinds;
      const Object& files = ObjectOf(source, kind);
      const FieldPath files_path = source_path.Child(kind);
      CheckRequiredText(files, "name", files_path, out_);
      const FieldPath items_path = files_path.Child("items");
      std::size_t index = 0;
      for (const Value& item : ArrayOf(files, "items")) {
        CheckItem(AsObject(item), items_path.Index(index++), out_);
        Claim(TextOf(item, "path"), TextOf(files, "name"));
      }
    }
    if (IsSet(source, "downwardAPI")) {
      ++kinds;
      const FieldPath files_path = source_path.Child("downwardAPI");
      for (const Value& file : ArrayOf(ObjectOf(source, "downwardAPI"), "items")) {
        CheckDownwardFile(AsObject(file), files_path, out_);
        Claim(TextOf(file, "path"), TextOf(file, "path"));
      }
    }
    if (IsSet(source, "serviceAccountToken")) {
      ++kinds;
      CheckToken(ObjectOf(source, "serviceAccountToken"), source_path.Child("serviceAccountToken"),
                 path_, out_);
    }
    if (IsSet(source, "clusterTrustBundle")) ++kinds;
    if (IsSet(source, "podCertificate")) ++kinds;
    if (kinds > 1) {
      out_.Forbidden(source_path, "may not specify more than 1 volume type per source");
    }
  }

 private:
  void Claim(std::string_view file, std::string_view shown) {
    if (!file.empty() && !files_.insert(file).second) {
      out_.Invalid(path_, shown, "conflicting duplicate paths");
    }
  }

  const FieldPath& path_;
  Violations& out_;
  std::set<std::string_view> files_;
};

void CheckProjected(const Object& projected, const FieldPath& path, Violations& out) {
  CheckMode(projected, "defaultMode", path, out);
  ProjectedCheck check(path, out);
  const FieldPath sources_path = path.Child("sources");
  std::size_t index = 0;
  for (const Value& source : ArrayOf(projected, "sources")) {
    check.Source(AsObject(source), sources_path.Index(index++));
  }
}

void CheckDownward(const Object& downward, const FieldPath& path, Violations& out) {
  CheckMode(downward, "defaultMode", path, out);
  for (const Value& file : ArrayOf(downward, "items")) CheckDownwardFile(AsObject(file), path, out);
}

void CheckEphemeral(const Object& ephemeral, const FieldPath& path, Violations& out) {
  const FieldPath template_path = path.Child("volumeClaimTemplate");
  if (!IsSet(ephemeral, "volumeClaimTemplate")) {
    out.Required(template_path);
    return;
  }
  const Object& claim = ObjectOf(ephemeral, "volumeClaimTemplate");
  CheckTemplateMetadata(ObjectOf(claim, "metadata"), template_path.Child("metadata"), out);
  CheckClaimSpec(ObjectOf(claim, "spec"), template_path.Child("spec"), out);
}

void CheckCsi(const Object& csi, const FieldPath& path, Violations& out) {
  CheckCsiDriverName(TextOf(csi, "driver"), path.Child("driver"), out);
  if (!IsSet(csi, "nodePublishSecretRef")) return;
  const std::string_view name = TextOf(ObjectOf(csi, "nodePublishSecretRef"), "name");
  if (name.empty()) {
    out.Required(path.Child("nodePublishSecretRef.name"));
  } else {
    CheckDnsSubdomain(name, path.Child("name"), out);
  }
}

// In upstream's order of checks.
constexpr std::string_view kSources[] = {"emptyDir",
                                         "hostPath",
                                         "gitRepo",
                                         "gcePersistentDisk",
                                         "awsElasticBlockStore",
                                         "secret",
                                         "nfs",
                                         "iscsi",
                                         "glusterfs",
                                         "flocker",
                                         "persistentVolumeClaim",
                                         "rbd",
                                         "cinder",
                                         "cephfs",
                                         "quobyte",
                                         "downwardAPI",
                                         "fc",
                                         "flexVolume",
                                         "configMap",
                                         "azureFile",
                                         "vsphereVolume",
                                         "photonPersistentDisk",
                                         "portworxVolume",
                                         "azureDisk",
                                         "storageos",
                                         "projected",
                                         "scaleIO",
                                         "csi",
                                         "ephemeral",
                                         "image"};

void CheckSource(std::string_view kind, const Object& volume, bool is_pod, const FieldPath& path,
                 Violations& out) {
  const Object& source = ObjectOf(volume, kind);
  const FieldPath source_path = path.Child(kind);
  if (kind == "emptyDir") {
    const Value* limit = source.if_contains("sizeLimit");
    if (limit == nullptr || limit->is_null()) return;
    const auto size = Quantity::FromJson(*limit);
    if (size.ok() && size->sign() < 0) {
      out.Forbidden(source_path.Child("sizeLimit"),
                    "SizeLimit field must be a valid resource quantity");
    }
  } else if (kind == "hostPath") {
    CheckHostPath(volume, path, out);
  } else if (kind == "nfs") {
    CheckNfs(volume, path, out);
  } else if (kind == "iscsi") {
    CheckIscsi(source, VolumeOwner::kPod, TextOf(volume, "name"), source_path, out);
  } else if (kind == "fc") {
    CheckFibreChannel(volume, path, out);
  } else if (kind == "secret") {
    CheckNamedItems(source, "secretName", source_path, out);
  } else if (kind == "configMap") {
    CheckNamedItems(source, "name", source_path, out);
  } else if (kind == "persistentVolumeClaim") {
    CheckRequiredText(source, "claimName", source_path, out);
  } else if (kind == "downwardAPI") {
    CheckDownward(source, source_path, out);
  } else if (kind == "projected") {
    CheckProjected(source, source_path, out);
  } else if (kind == "csi") {
    CheckCsi(source, source_path, out);
  } else if (kind == "ephemeral") {
    CheckEphemeral(source, source_path, out);
  } else if (kind == "image") {
    if (is_pod) CheckRequiredText(source, "reference", source_path, out);
    CheckRequiredOneOf(source, "pullPolicy", {"Always", "IfNotPresent", "Never"}, source_path, out);
  } else {
    CheckLegacySource(kind, source, VolumeOwner::kPod, path, out);
  }
}

// As upstream spells them here.
std::string_view SourceInErrors(std::string_view kind) {
  if (kind == "downwardAPI") return "downwarAPI";
  return kind == "cephfs" ? "cephFS" : kind;
}

// What some kinds ask of the volume's name, even those that are one too many. `pod_name` is "" when
// it is not known.
void CheckNameOfSource(std::string_view kind, const Object& volume, std::string_view pod_name,
                       const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(volume, "name");
  if (kind == "iscsi") CheckIscsiVolumeName(ObjectOf(volume, kind), name, path, out);
  if (kind != "ephemeral" || pod_name.empty() || name.empty()) return;
  const std::string claim = std::string(pod_name) + "-" + std::string(name);
  for (const std::string& message : CheckDns1123Subdomain(claim)) {
    out.Invalid(path, name, "PVC name \"" + claim + "\": " + message);
  }
}

void CheckVolume(const Object& volume, bool is_pod, std::string_view pod_name,
                 const FieldPath& path, Violations& out) {
  bool found = false;
  for (std::string_view kind : kSources) {
    if (!IsSet(volume, kind)) continue;
    if (found) {
      out.Forbidden(path.Child(SourceInErrors(kind)), "may not specify more than 1 volume type");
    } else {
      found = true;
      CheckSource(kind, volume, is_pod, path, out);
    }
    CheckNameOfSource(kind, volume, pod_name, path.Child("name"), out);
  }
  if (!found) out.Required(path, "must specify a volume type");
}

}  // namespace

void CheckHostPath(const Object& holder, const FieldPath& path, Violations& out) {
  if (!IsSet(holder, "hostPath")) return;
  const Object& source = ObjectOf(holder, "hostPath");
  const FieldPath source_path = path.Child("hostPath");
  if (!CheckRequiredText(source, "path", source_path, out)) return;
  CheckNoBacksteps(TextOf(source, "path"), source_path.Child("path"), out);
  CheckOptionalOneOf(source, "type",
                     {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File",
                      "FileOrCreate", "Socket"},
                     source_path, out);
}

void CheckNfs(const Object& holder, const FieldPath& path, Violations& out) {
  if (!IsSet(holder, "nfs")) return;
  const Object& source = ObjectOf(holder, "nfs");
  const FieldPath source_path = path.Child("nfs");
  CheckRequiredText(source, "server", source_path, out);
  CheckRequiredText(source, "path", source_path, out);
  if (!TextOf(source, "path").starts_with('/')) {
    out.Invalid(source_path.Child("path"), TextOf(source, "path"), "must be an absolute path");
  }
}

void CheckFibreChannel(const Object& holder, const FieldPath& path, Violations& out) {
  if (!IsSet(holder, "fc")) return;
  const Object& source = ObjectOf(holder, "fc");
  const FieldPath names_path = path.Child("fc.targetWWNs");
  const Array& names = ArrayOf(source, "targetWWNs");
  const bool has_ids = !ArrayOf(source, "wwids").empty();
  if (names.empty() && !has_ids) {
    out.Required(names_path, "must specify either targetWWNs or wwids, but not both");
  }
  if (!names.empty() && has_ids) {
    out.Invalid(names_path, names, "targetWWNs and wwids can not be specified simultaneously");
  }
  if (names.empty()) return;
  const FieldPath lun_path = path.Child("fc.lun");
  const std::int64_t lun = IntOf(source, "lun");
  if (!IsSet(source, "lun")) {
    out.Required(lun_path, "lun is required if targetWWNs is specified");
  } else if (lun < 0 || lun > 255) {
    out.Invalid(lun_path, lun, "must be between 0 and 255, inclusive");
  }
}

void CheckCsiDriverName(std::string_view name, const FieldPath& path, Violations& out) {
  if (name.empty()) {
    out.Required(path);
    return;
  }
  if (name.size() > kDriverNameMax) out.TooLong(path, kDriverNameMax);
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  out.InvalidEach(path, name, CheckDns1123Subdomain(lower));
}

std::map<std::string_view, const Object*> CheckVolumes(const Object& spec,
                                                       const Object* pod_metadata,
                                                       const FieldPath& path, Violations& out) {
  std::map<std::string_view, const Object*> valid;
  const Array& volumes = ArrayOf(spec, "volumes");
  if (volumes.empty()) return valid;
  const FieldPath volumes_path = path.Child("volumes");
  const std::string_view pod_name =
      pod_metadata == nullptr ? std::string_view() : TextOf(*pod_metadata, "name");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const FieldPath volume_path = volumes_path.Index(i);
    const Object& volume = AsObject(volumes[i]);
    const std::string_view name = TextOf(volume, "name");
    const std::size_t before = out.size();
    CheckVolume(volume, pod_metadata != nullptr, pod_name, volume_path, out);
    if (name.empty()) {
      out.Required(volume_path.Child("name"));
    } else {
      CheckDnsLabel(name, volume_path.Child("name"), out);
    }
    if (valid.contains(name)) out.Duplicate(volume_path.Child("name"), name);
    if (out.size() == before) valid[name] = &volume;
  }
  return valid;
}

}  // namespace apiserver
