#include "apiserver/registry/kinds/object_warnings.h"

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/node_label_warnings.h"

namespace apiserver {
namespace {

struct Message {
  std::string_view key;
  std::string_view text;
};

constexpr Message kNodeLabels[] = {
    {"beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead"},
    {"beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead"},
    {"failure-domain.beta.kubernetes.io/region",
     "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"},
    {"failure-domain.beta.kubernetes.io/zone",
     "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"},
    {"beta.kubernetes.io/instance-type",
     "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"},
    {"app.kubernetes.io/created-by", "deprecated since v1.9"},
    {"scheduler.alpha.kubernetes.io/preferAvoidPods",
     "deprecated since v1.22; use Taints and Tolerations instead"},
    {"node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead"}};

constexpr Message kVolumeSources[] = {
    {"cephfs", "deprecated in v1.28, non-functional in v1.31+"},
    {"photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"},
    {"scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
    {"storageos", "deprecated in v1.22, non-functional in v1.25+"},
    {"glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
    {"rbd", "deprecated in v1.28, non-functional in v1.31+"}};

void WarnOfFraction(const Object& resources, std::string_view list, std::vector<std::string>& out) {
  const Value* value = ObjectOf(resources, list).if_contains("storage");
  if (value == nullptr) return;
  const auto amount = Quantity::FromJson(*value);
  if (!amount.ok() || amount->milli_value() % 1000 == 0) return;
  out.push_back("spec.resources." + std::string(list) + "[storage]: fractional byte value \"" +
                amount->Text() + "\" is invalid, must be an integer");
}

}  // namespace

std::string_view DeprecatedNodeLabel(std::string_view label) {
  for (const Message& message : kNodeLabels) {
    if (message.key == label) return message.text;
  }
  return {};
}

void WarnOfClaim(const Object& object, const Object*, std::vector<std::string>& out) {
  constexpr std::string_view kBeta = "volume.beta.kubernetes.io/storage-class";
  if (ObjectOf(ObjectOf(object, "metadata"), "annotations").contains(kBeta)) {
    out.push_back("metadata.annotations[" + std::string(kBeta) +
                  "]: deprecated since v1.8; use \"storageClassName\" attribute instead");
  }
  const Object& resources = ObjectOf(ObjectOf(object, "spec"), "resources");
  WarnOfFraction(resources, "requests", out);
  WarnOfFraction(resources, "limits", out);
}

void WarnOfVolume(const Object& object, std::vector<std::string>& out) {
  constexpr std::string_view kBeta = "volume.beta.kubernetes.io/storage-class";
  const Object& spec = ObjectOf(object, "spec");
  if (ObjectOf(ObjectOf(object, "metadata"), "annotations").contains(kBeta)) {
    out.push_back("metadata.annotations[" + std::string(kBeta) +
                  "]: deprecated since v1.8; use \"storageClassName\" attribute instead");
  }
  if (TextOf(spec, "persistentVolumeReclaimPolicy") == "Recycle") {
    out.push_back(
        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, "
        "the "
        "recommended approach is to use dynamic provisioning.");
  }
  for (const Message& message : kVolumeSources) {
    if (IsSet(spec, message.key)) {
      const std::string_view shown = message.key == "storageos" ? "storageOS" : message.key;
      out.push_back("spec." + std::string(shown) + ": " + std::string(message.text));
    }
  }
}

void WarnOfService(const Object& object, std::vector<std::string>& out) {
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view type = TextOf(spec, "type");
  const bool headless = TextOf(spec, "clusterIP") == "None";
  const bool external = type == "ExternalName";
  constexpr std::string_view kHints = "service.kubernetes.io/topology-aware-hints";
  if (ObjectOf(ObjectOf(object, "metadata"), "annotations").contains(kHints)) {
    out.push_back("annotation " + std::string(kHints) +
                  " is deprecated, please use service.kubernetes.io/topology-mode instead");
  }
  const bool external_ips = !ArrayOf(spec, "externalIPs").empty();
  if (headless) {
    if (!TextOf(spec, "loadBalancerIP").empty()) {
      out.push_back("spec.loadBalancerIP is ignored for headless services");
    }
    if (external_ips) out.push_back("spec.externalIPs is ignored for headless services");
    if (TextOf(spec, "sessionAffinity") != "None") {
      out.push_back("spec.SessionAffinity is ignored for headless services");
    }
  }
  if (external_ips && !headless && !external) {
    out.push_back(
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  }
  if (external && external_ips) {
    out.push_back("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
  }
  if (!external && !TextOf(spec, "externalName").empty()) {
    out.push_back("spec.externalName is ignored when spec.type is not \"ExternalName\"");
  }
  if (TextOf(spec, "trafficDistribution") == "PreferClose") {
    out.push_back(
        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
  }
}

}  // namespace apiserver
