// Kinds of volumes that came before CSI. Source: kubernetes/pkg/apis/core/validation, 1.36.
#include <algorithm>

#include "apiserver/api/letter_case.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/volume_checks.h"

namespace apiserver {
namespace {

constexpr std::int64_t kPartitionMax = 255;
constexpr std::size_t kTenantMax = 64;

void CheckFlocker(const Object& flocker, const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(flocker, "datasetName");
  const bool has_uuid = !TextOf(flocker, "datasetUUID").empty();
  if (name.empty() && !has_uuid) {
    out.Required(path, "one of datasetName and datasetUUID is required");
  }
  if (!name.empty() && has_uuid) {
    out.Invalid(path, "resource",
                "datasetName and datasetUUID can not be specified simultaneously");
  }
  if (name.find('/') != std::string_view::npos) {
    out.Invalid(path.Child("datasetName"), name, "must not contain '/'");
  }
}

void CheckEndpointsNamespace(const Object& glusterfs, const FieldPath& path, Violations& out) {
  constexpr std::string_view kName = "endpointsNamespace";
  if (!IsSet(glusterfs, kName)) return;
  const std::string_view text = TextOf(glusterfs, kName);
  if (text.empty()) {
    out.Invalid(path.Child(kName), text,
                "if the endpointnamespace is set, it must be a valid namespace name");
  } else {
    CheckDnsLabel(text, path.Child(kName), out);
  }
}

// Go's net.SplitHostPort takes `text`.
bool IsHostAndPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (text.find(']') + 1 != colon) return false;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return false;
  }
  return host.find_first_of("[]") == std::string_view::npos &&
         text.substr(colon).find_first_of("[]") == std::string_view::npos;
}

void CheckQuobyte(const Object& quobyte, const FieldPath& path, Violations& out) {
  constexpr std::string_view kPairs =
      "must be a host:port pair or multiple pairs separated by commas";
  const FieldPath registry_path = path.Child("registry");
  const std::string_view registry = TextOf(quobyte, "registry");
  if (registry.empty()) {
    out.Required(registry_path, kPairs);
  } else if (TextOf(quobyte, "tenant").size() > kTenantMax) {
    out.Required(path.Child("tenant"),
                 "must be a UUID and may not exceed a length of 64 characters");
  } else {
    for (std::size_t start = 0; start <= registry.size();) {
      const std::size_t end = std::min(registry.find(',', start), registry.size());
      if (!IsHostAndPort(registry.substr(start, end - start))) {
        out.Invalid(registry_path, registry, kPairs);
      }
      start = end + 1;
    }
  }
  CheckRequiredText(quobyte, "volume", path, out);
}

void CheckFlexVolume(const Object& flex, const FieldPath& path, Violations& out) {
  CheckRequiredText(flex, "driver", path, out);
  const FieldPath options_path = path.Child("options");
  for (const auto& option : ObjectOf(flex, "options")) {
    const std::string_view key = option.key();
    const std::string domain = "." + LowerCase(key.substr(0, key.find('/')));
    if (!domain.ends_with(".kubernetes.io") && !domain.ends_with(".k8s.io")) continue;
    out.Invalid(options_path.Key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
  }
}

void CheckAzureDisk(const Object& disk, const FieldPath& path, Violations& out) {
  CheckRequiredText(disk, "diskName", path, out);
  CheckRequiredText(disk, "diskURI", path, out);
  CheckOptionalOneOf(disk, "cachingMode", {"None", "ReadOnly", "ReadWrite"}, path, out);
  CheckOptionalOneOf(disk, "kind", {"Dedicated", "Managed", "Shared"}, path, out);
  if (!IsSet(disk, "kind")) return;
  const std::string_view uri = TextOf(disk, "diskURI");
  if (TextOf(disk, "kind") == "Managed") {
    if (!uri.starts_with("/subscriptions/")) {
      out.NotSupported(path.Child("diskURI"), uri,
                       {"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/"
                        "microsoft.compute/disks/{disk-id}"});
    }
  } else if (!uri.starts_with("https://")) {
    out.NotSupported(
        path.Child("diskURI"), uri,
        {"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"});
  }
}

// A secret that a PersistentVolume names lies in a namespace.
void CheckSecret(const Object& source, VolumeOwner owner, const FieldPath& path, Violations& out) {
  if (!IsSet(source, "secretRef")) return;
  const Object& secret = ObjectOf(source, "secretRef");
  const FieldPath secret_path = path.Child("secretRef");
  CheckRequiredText(secret, "name", secret_path, out);
  if (owner == VolumeOwner::kPersistentVolume) {
    CheckRequiredText(secret, "namespace", secret_path, out);
  }
}

void CheckStorageOs(const Object& source, VolumeOwner owner, const FieldPath& path,
                    Violations& out) {
  if (CheckRequiredText(source, "volumeName", path, out)) {
    CheckDnsLabel(TextOf(source, "volumeName"), path.Child("volumeName"), out);
  }
  if (const std::string_view name = TextOf(source, "volumeNamespace"); !name.empty()) {
    CheckDnsLabel(name, path.Child("volumeNamespace"), out);
  }
  CheckSecret(source, owner, path, out);
}

// What kinds require besides their required texts.
void CheckParticulars(std::string_view kind, const Object& source, VolumeOwner owner,
                      const FieldPath& path, Violations& out) {
  if (kind == "flocker") return CheckFlocker(source, path, out);
  if (kind == "quobyte") return CheckQuobyte(source, path, out);
  if (kind == "flexVolume") return CheckFlexVolume(source, path, out);
  if (kind == "azureDisk") return CheckAzureDisk(source, path, out);
  if (kind == "storageos") return CheckStorageOs(source, owner, path, out);
  if (kind == "cinder") return CheckSecret(source, owner, path, out);
  if (kind == "glusterfs") return CheckEndpointsNamespace(source, path, out);
  if (kind == "gitRepo") {
    return CheckDescendingPath(TextOf(source, "directory"), path.Child("directory"), out);
  }
  constexpr std::string_view kNamespace = "secretNamespace";
  if (kind == "azureFile" && IsSet(source, kNamespace)) {
    CheckRequiredText(source, kNamespace, path, out);
  }
}

}  // namespace

void CheckLegacySource(std::string_view kind, const Object& source, VolumeOwner owner,
                       const FieldPath& path, Violations& out) {
  struct Rule {
    std::string_view kind;
    std::initializer_list<std::string_view> required;
  };
  static const Rule kRules[] = {
      {"gcePersistentDisk", {"pdName"}},
      {"awsElasticBlockStore", {"volumeID"}},
      {"gitRepo", {"repository"}},
      {"glusterfs", {"endpoints", "path"}},
      {"rbd", {"image"}},
      {"cinder", {"volumeID"}},
      {"azureFile", {"secretName", "shareName"}},
      {"vsphereVolume", {"volumePath"}},
      {"photonPersistentDisk", {"pdID"}},
      {"portworxVolume", {"volumeID"}},
      {"scaleIO", {"gateway", "system", "volumeName"}},
  };
  // Upstream's path of one is another.
  const FieldPath source_path =
      path.Child(kind == "gcePersistentDisk" ? std::string_view("persistentDisk") : kind);
  if ((kind == "rbd" || kind == "cephfs") && ArrayOf(source, "monitors").empty()) {
    out.Required(source_path.Child("monitors"));
  }
  for (const Rule& rule : kRules) {
    if (rule.kind != kind) continue;
    for (std::string_view name : rule.required) CheckRequiredText(source, name, source_path, out);
  }
  const std::int64_t partition = IntOf(source, "partition");
  if (partition < 0 || partition > kPartitionMax) {
    out.Invalid(source_path.Child("partition"), partition, "must be between 1 and 255, inclusive");
  }
  CheckParticulars(kind, source, owner, source_path, out);
}

}  // namespace apiserver
