#include "controllers/statefulset/stateful_pod.h"

#include "controllers/framework/ownership.h"
#include "controllers/framework/pod_template.h"

namespace controllers {
namespace {

using apiserver::EnsureObject;
using apiserver::FindPath;
using apiserver::TextAt;

std::string ClaimName(const Value& claim_template, const ObjectMeta& set, int ordinal) {
  return std::string(TextAt(claim_template, {"metadata", "name"})) + "-" + set.name + "-" +
         std::to_string(ordinal);
}

// The claims' volumes come first and replace the template's of the same name.
void SetVolumes(Value& pod, const Value& set, const ObjectMeta& meta, int ordinal) {
  const Value* claims = FindPath(set, {"spec", "volumeClaimTemplates"});
  if (claims == nullptr || !claims->is_array() || claims->get_array().empty()) return;
  Array volumes;
  for (const Value& claim : claims->get_array()) {
    Object source;
    source["claimName"] = ClaimName(claim, meta, ordinal);
    Object volume;
    volume["name"] = TextAt(claim, {"metadata", "name"});
    volume["persistentVolumeClaim"] = std::move(source);
    volumes.push_back(std::move(volume));
  }
  const std::size_t claim_count = volumes.size();
  const Value* present = FindPath(pod, {"spec", "volumes"});
  if (present != nullptr && present->is_array()) {
    for (const Value& volume : present->get_array()) {
      bool is_replaced = false;
      for (std::size_t i = 0; i < claim_count; ++i) {
        is_replaced |= TextAt(volumes[i], {"name"}) == TextAt(volume, {"name"});
      }
      if (!is_replaced) volumes.push_back(volume);
    }
  }
  EnsureObject(pod, "spec")["volumes"] = std::move(volumes);
}

}  // namespace

Value MakeStatefulPod(const Value& set, const ObjectMeta& meta, int ordinal,
                      const std::string& revision) {
  Value pod = PodFromTemplate(PodTemplateOf(set), meta,
                              ControllerReference({"apps", "v1", "StatefulSet"}, meta));
  const std::string name = meta.name + "-" + std::to_string(ordinal);
  Object& metadata = EnsureObject(pod, "metadata");
  metadata["name"] = name;
  metadata["namespace"] = meta.namespace_;
  Object& labels = EnsureObject(metadata, "labels");
  labels["statefulset.kubernetes.io/pod-name"] = name;
  labels["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
  labels["controller-revision-hash"] = revision;
  Object& spec = EnsureObject(pod, "spec");
  spec["hostname"] = name;
  if (const std::string_view service = TextAt(set, {"spec", "serviceName"}); !service.empty()) {
    spec["subdomain"] = service;
  }
  SetVolumes(pod, set, meta, ordinal);
  return pod;
}

std::vector<Value> MakeClaims(const Value& set, const ObjectMeta& meta, int ordinal) {
  std::vector<Value> claims;
  const Value* templates = FindPath(set, {"spec", "volumeClaimTemplates"});
  if (templates == nullptr || !templates->is_array()) return claims;
  for (const Value& claim_template : templates->get_array()) {
    Value claim = claim_template;
    Object& object = claim.get_object();
    object["apiVersion"] = "v1";
    object["kind"] = "PersistentVolumeClaim";
    object.erase("status");
    Object& metadata = EnsureObject(claim, "metadata");
    metadata.erase("creationTimestamp");
    metadata["name"] = ClaimName(claim_template, meta, ordinal);
    metadata["namespace"] = meta.namespace_;
    Object& labels = EnsureObject(metadata, "labels");
    const Value* match = FindPath(set, {"spec", "selector", "matchLabels"});
    if (match != nullptr && match->is_object()) {
      for (const auto& member : match->get_object()) labels[member.key()] = member.value();
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

Value ApplyRevision(const Value& set, const Value& revision_data) {
  Value result = set;
  const Value* pod_template = FindPath(revision_data, {"spec", "template"});
  if (pod_template == nullptr) return result;
  Value restored = *pod_template;
  restored.get_object().erase("$patch");
  EnsureObject(result, "spec")["template"] = std::move(restored);
  return result;
}

ClaimOwner WantedClaimOwner(const Value& set, bool is_condemned) {
  const auto deletes = [&](std::string_view when) {
    return TextAt(set, {"spec", "persistentVolumeClaimRetentionPolicy", when}) == "Delete";
  };
  if (deletes("whenScaled") && is_condemned) return ClaimOwner::kPod;
  return deletes("whenDeleted") ? ClaimOwner::kSet : ClaimOwner::kNobody;
}

}  // namespace controllers
