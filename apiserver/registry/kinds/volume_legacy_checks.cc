// Kinds of volumes that came before CSI. Source: kubernetes/pkg/apis/core/validation, 1.36.
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/volume_checks.h"

namespace apiserver {
namespace {

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

}  // namespace

bool CheckLegacySource(std::string_view kind, const Object& source, const FieldPath& path,
                       Violations& out) {
  struct Rule {
    std::string_view kind;
    std::string_view shown;  // upstream's path sometimes differs
    std::initializer_list<std::string_view> required;
  };
  static const Rule kRules[] = {
      {"gcePersistentDisk", "persistentDisk", {"pdName"}},
      {"awsElasticBlockStore", "awsElasticBlockStore", {"volumeID"}},
      {"gitRepo", "gitRepo", {"repository"}},
      {"glusterfs", "glusterfs", {"endpoints", "path"}},
      {"quobyte", "quobyte", {"registry", "volume"}},
      {"rbd", "rbd", {"image"}},
      {"cinder", "cinder", {"volumeID"}},
      {"flexVolume", "flexVolume", {"driver"}},
      {"azureFile", "azureFile", {"secretName", "shareName"}},
      {"vsphereVolume", "vsphereVolume", {"volumePath"}},
      {"photonPersistentDisk", "photonPersistentDisk", {"pdID"}},
      {"portworxVolume", "portworxVolume", {"volumeID"}},
      {"azureDisk", "azureDisk", {"diskName", "diskURI"}},
      {"storageos", "storageos", {"volumeName"}},
      {"scaleIO", "scaleIO", {"gateway", "system", "volumeName"}},
      {"cephfs", "cephfs", {}},
      {"flocker", "flocker", {}},
  };
  for (const Rule& rule : kRules) {
    if (rule.kind != kind) continue;
    const FieldPath source_path = path.Child(rule.shown);
    for (std::string_view name : rule.required) CheckRequiredText(source, name, source_path, out);
    const std::int64_t partition = IntOf(source, "partition");
    if (partition < 0 || partition > 255) {
      out.Invalid(source_path.Child("partition"), partition,
                  "must be between 1 and 255, inclusive");
    }
    for (std::string_view list : {"monitors"}) {
      const bool needs = kind == "rbd" || kind == "cephfs";
      if (needs && ArrayOf(source, list).empty()) out.Required(source_path.Child(list));
    }
    if (kind == "flocker") CheckFlocker(source, source_path, out);
    if (kind == "glusterfs") CheckEndpointsNamespace(source, source_path, out);
    return true;
  }
  return false;
}

}  // namespace apiserver
