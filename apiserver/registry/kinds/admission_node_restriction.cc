// NodeRestriction: a node touches only itself and what runs on it.
// Source: kubernetes/plugin/pkg/admission/noderestriction, 1.36. Pod certificates are not checked:
// their feature is off by default.
#include <algorithm>
#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/api/node_user.h"
#include "apiserver/ports/authorizer.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

constexpr std::string_view kMirror = "kubernetes.io/config.mirror";
constexpr std::string_view kRestricted = "node-restriction.kubernetes.io";

bool EndsWithDomain(std::string_view name, std::string_view domain) {
  return name == domain || (name.size() > domain.size() && name.ends_with(domain) &&
                            name[name.size() - domain.size() - 1] == '.');
}

bool IsKubeletLabel(std::string_view key, std::string_view space) {
  static const std::set<std::string_view> kLabels = {"kubernetes.io/hostname",
                                                     "topology.kubernetes.io/zone",
                                                     "topology.kubernetes.io/region",
                                                     "failure-domain.beta.kubernetes.io/zone",
                                                     "node.kubernetes.io/instance-type",
                                                     "failure-domain.beta.kubernetes.io/region",
                                                     "beta.kubernetes.io/instance-type",
                                                     "kubernetes.io/os",
                                                     "kubernetes.io/arch",
                                                     "beta.kubernetes.io/os",
                                                     "beta.kubernetes.io/arch"};
  return kLabels.contains(key) || EndsWithDomain(space, "kubelet.kubernetes.io") ||
         EndsWithDomain(space, "node.kubernetes.io");
}

bool IsForbiddenLabel(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view space = key.substr(0, slash);
  if (EndsWithDomain(space, kRestricted)) return true;
  const bool is_kubernetes =
      EndsWithDomain(space, "kubernetes.io") || EndsWithDomain(space, "k8s.io");
  return is_kubernetes && !IsKubeletLabel(key, space);
}

const Object& LabelsOf(const Value& object) {
  return ObjectOf(ObjectOf(object, "metadata"), "labels");
}

// The labels that differ and that a node may not touch, as "a, b".
std::string ForbiddenChanges(const Object& labels, const Object& old_labels) {
  std::set<std::string_view> keys;
  const auto collect = [&keys](const Object& these, const Object& those) {
    for (const auto& [key, value] : these) {
      const Value* other = those.if_contains(key);
      if ((other == nullptr || *other != value) && IsForbiddenLabel(key)) keys.insert(key);
    }
  };
  collect(labels, old_labels);
  collect(old_labels, labels);
  std::string text;
  for (const std::string_view key : keys) text += (text.empty() ? "" : ", ") + std::string(key);
  return text;
}

// What of the API a pod needs, in upstream's words, or "".
std::string_view NeededObject(const Object& spec) {
  if (!TextOf(spec, "serviceAccountName").empty()) return "serviceaccounts";
  bool has_secrets = !ArrayOf(spec, "imagePullSecrets").empty();
  bool has_configs = false;
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
    for (const Value& container : ArrayOf(spec, list)) {
      for (const Value& variable : ArrayOf(container, "env")) {
        const Object& from = ObjectOf(variable, "valueFrom");
        has_secrets |= IsSet(from, "secretKeyRef");
        has_configs |= IsSet(from, "configMapKeyRef");
      }
      for (const Value& source : ArrayOf(container, "envFrom")) {
        has_secrets |= IsSet(source, "secretRef");
        has_configs |= IsSet(source, "configMapRef");
      }
    }
  }
  std::string_view other;
  for (const Value& volume : ArrayOf(spec, "volumes")) {
    has_secrets |= IsSet(volume, "secret") || IsSet(volume, "azureFile");
    has_configs |= IsSet(volume, "configMap");
    for (const Value& source : ArrayOf(ObjectOf(volume, "projected"), "sources")) {
      has_secrets |= IsSet(source, "secret");
      has_configs |= IsSet(source, "configMap");
      if (other.empty() && IsSet(source, "serviceAccountToken")) {
        other = "serviceaccounts (via projected volumes)";
      }
      if (other.empty() && IsSet(source, "clusterTrustBundle")) other = "clustertrustbundles";
    }
    if (!other.empty()) continue;
    if (IsSet(volume, "csi")) other = "csidrivers (via CSI volumes)";
    if (IsSet(volume, "glusterfs")) other = "endpoints (via glusterFS volumes)";
    if (IsSet(volume, "persistentVolumeClaim")) other = "persistentvolumeclaims";
    if (IsSet(volume, "ephemeral")) other = "persistentvolumeclaims (via ephemeral volumes)";
  }
  if (has_secrets) return "secrets";
  if (has_configs) return "configmaps";
  if (!ArrayOf(spec, "resourceClaims").empty()) return "resourceclaims";
  return other;
}

std::string Quoted(std::string_view node) { return "node " + GoQuote(node); }

std::string OwnerProblem(std::string_view node, const Object& meta, const Value* node_object) {
  const Array& owners = ArrayOf(meta, "ownerReferences");
  const std::string can_only = Quoted(node) + " can only create pods with ";
  if (owners.size() > 1) return can_only + "a single owner reference set to itself";
  if (owners.empty()) return can_only + "an owner reference set to itself";
  const Object& owner = AsObject(owners[0]);
  if (TextOf(owner, "apiVersion") != "v1" || TextOf(owner, "kind") != "Node" ||
      TextOf(owner, "name") != node) {
    return can_only + "an owner reference set to itself";
  }
  if (!FlagOf(owner, "controller")) {
    return can_only + "a controller owner reference set to itself";
  }
  if (FlagOf(owner, "blockOwnerDeletion")) {
    return Quoted(node) + " must not set blockOwnerDeletion on an owner reference";
  }
  const std::string_view uid =
      node_object == nullptr ? std::string_view() : TextAt(*node_object, {"metadata", "uid"});
  if (TextOf(owner, "uid") == uid) return {};
  return "node " + std::string(node) + " UID mismatch: expected " +
         std::string(TextOf(owner, "uid")) + " got " + std::string(uid);
}

std::string PodProblem(std::string_view node, const Value& pod, const Value* node_object) {
  const Object& meta = ObjectOf(pod, "metadata");
  const Object& spec = ObjectOf(pod, "spec");
  if (!ObjectOf(meta, "annotations").contains(kMirror)) {
    return "pod does not have " + GoQuote(kMirror) + " annotation, " + Quoted(node) +
           " can only create mirror pods";
  }
  if (TextOf(spec, "nodeName") != node) {
    return Quoted(node) + " can only create pods with spec.nodeName set to itself";
  }
  std::string problem = OwnerProblem(node, meta, node_object);
  if (!problem.empty()) return problem;
  const std::string_view needed = NeededObject(spec);
  if (needed.empty()) return {};
  return Quoted(node) + " can not create pods that reference " + std::string(needed);
}

std::string StatusProblem(std::string_view node, const Value& pod, const Value& old) {
  if (TextAt(old, {"spec", "nodeName"}) != node) {
    return Quoted(node) + " can only update pod status for pods with spec.nodeName set to itself";
  }
  if (LabelsOf(pod) != LabelsOf(old)) {
    return Quoted(node) + " cannot update labels through pod status";
  }
  const Object& status = ObjectOf(pod, "status");
  const Object& old_status = ObjectOf(old, "status");
  if (!SameMember(status, old_status, "resourceClaimStatuses")) {
    return Quoted(node) + " cannot update resource claim statues";
  }
  if (!SameMember(status, old_status, "extendedResourceClaimStatus")) {
    return Quoted(node) + " cannot update extended resource claim status";
  }
  return {};
}

std::string NodeProblem(std::string_view node, const AdmissionRequest& request,
                        const Value* object) {
  std::string_view name = request.name;
  if (name.empty() && object != nullptr) name = TextAt(*object, {"metadata", "name"});
  if (name != node) {
    return Quoted(node) + " is not allowed to modify node " + GoQuote(name);
  }
  if (request.operation == Operation::kCreate) {
    const std::string labels = ForbiddenChanges(LabelsOf(*object), Object());
    if (labels.empty()) return {};
    return Quoted(node) + " is not allowed to set the following labels: " + labels;
  }
  if (request.operation != Operation::kUpdate) return {};
  const Value& old = *request.old_object;
  if (!SameMember(ObjectOf(*object, "spec"), ObjectOf(old, "spec"), "taints")) {
    return Quoted(node) + " is not allowed to modify taints";
  }
  if (!SameMember(ObjectOf(*object, "metadata"), ObjectOf(old, "metadata"), "ownerReferences")) {
    return Quoted(node) + " is not allowed to modify ownerReferences";
  }
  const std::string labels = ForbiddenChanges(LabelsOf(*object), LabelsOf(old));
  return labels.empty() ? "" : "is not allowed to modify labels: " + labels;
}

bool MountsAudience(const Value& pod, std::string_view audience) {
  for (const Value& volume : ArrayOf(ObjectOf(pod, "spec"), "volumes")) {
    for (const Value& source : ArrayOf(ObjectOf(volume, "projected"), "sources")) {
      if (IsSet(source, "serviceAccountToken") &&
          TextOf(ObjectOf(source, "serviceAccountToken"), "audience") == audience) {
        return true;
      }
    }
  }
  return false;
}

class NodeRestriction final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    const std::string_view node = NodeNameOf(request.context.user);
    if (node.empty()) return std::nullopt;
    const std::string problem = Problem(node, request, object);
    if (problem.empty()) return std::nullopt;
    return AdmissionForbidden(request, object, problem);
  }

 private:
  static std::string Problem(std::string_view node, const AdmissionRequest& request,
                             const Value* object) {
    const GroupResource& resource = request.resource;
    if (resource == GroupResource{"", "pods"}) return AboutPod(node, request, object);
    if (resource == GroupResource{"", "nodes"}) return NodeProblem(node, request, object);
    if (resource == GroupResource{"", "serviceaccounts"}) {
      return AboutToken(node, request, object);
    }
    const bool is_lease = resource == GroupResource{"coordination.k8s.io", "leases"};
    if (is_lease && request.namespace_ != "kube-node-lease") {
      return "can only access leases in the \"kube-node-lease\" system namespace";
    }
    if (is_lease || resource == GroupResource{"storage.k8s.io", "csinodes"}) {
      std::string_view name = request.name;
      if (name.empty() && object != nullptr) name = TextAt(*object, {"metadata", "name"});
      return name == node
                 ? std::string()
                 : std::string("can only access ") + (is_lease ? "node lease" : "CSINode") +
                       " with the same name as the requesting node";
    }
    if (resource != GroupResource{"resource.k8s.io", "resourceslices"}) return {};
    const Value* slice = request.operation == Operation::kCreate   ? object
                         : request.operation == Operation::kDelete ? request.old_object
                                                                   : nullptr;
    if (slice == nullptr || TextAt(*slice, {"spec", "nodeName"}) == node) return {};
    return std::string("can only ") + (object == nullptr ? "delete" : "create") +
           " ResourceSlice with the same NodeName as the requesting node";
  }

  static std::string AboutPod(std::string_view node, const AdmissionRequest& request,
                              const Value* object) {
    const std::string& subresource = request.context.info.subresource;
    if (subresource == "status") return StatusProblem(node, *object, *request.old_object);
    if (subresource == "eviction") {
      const auto pod = FindObject(request, {"", "pods"}, KeyOf(request));
      if (pod == nullptr || TextAt(*pod, {"spec", "nodeName"}) == node) return {};
      return "node " + std::string(node) + " can only evict pods with spec.nodeName set to itself";
    }
    if (!subresource.empty()) {
      return "unexpected pod subresource " + GoQuote(subresource) +
             ", only 'status' and 'eviction' are allowed";
    }
    if (request.operation == Operation::kCreate) {
      const auto found = FindObject(request, {"", "nodes"}, {"", std::string(node)});
      return PodProblem(node, *object, found.get());
    }
    if (request.operation == Operation::kDelete) {
      if (TextAt(*request.old_object, {"spec", "nodeName"}) == node) return {};
      return Quoted(node) + " can only delete pods with spec.nodeName set to itself";
    }
    return "unexpected operation \"UPDATE\", " + Quoted(node) +
           " can only create and delete mirror pods";
  }

  static std::string AboutToken(std::string_view node, const AdmissionRequest& request,
                                const Value* object) {
    if (request.context.info.subresource != "token" || object == nullptr) return {};
    const Object& spec = ObjectOf(*object, "spec");
    const Object& bound = ObjectOf(spec, "boundObjectRef");
    const std::string name(TextOf(bound, "name"));
    if (TextOf(bound, "apiVersion") != "v1" || TextOf(bound, "kind") != "Pod" || name.empty()) {
      return "node requested token not bound to a pod";
    }
    const std::string_view uid = TextOf(bound, "uid");
    if (uid.empty()) return "node requested token with a pod binding without a uid";
    const auto pod = FindObject(request, {"", "pods"}, {std::string(request.namespace_), name});
    if (pod == nullptr) return {};  // The endpoint says that it is not there.
    if (TextAt(*pod, {"metadata", "uid"}) != uid) {
      return "the UID in the bound object reference (" + std::string(uid) +
             ") does not match the UID in record. The object might have been deleted and then "
             "recreated";
    }
    if (TextAt(*pod, {"spec", "nodeName"}) != node) {
      return "node requested token bound to a pod scheduled on a different node";
    }
    return AudienceProblem(request, ArrayOf(spec, "audiences"), *pod);
  }

  static std::string AudienceProblem(const AdmissionRequest& request, const Array& audiences,
                                     const Value& pod) {
    if (audiences.size() > 1) return "node may only request 0 or 1 audiences";
    const std::string audience(audiences.empty() ? std::string_view() : AsText(audiences[0]));
    if (MountsAudience(pod, audience)) return {};
    const AccessAttributes access{.verb = "request-serviceaccounts-token-audience",
                                  .resource = audience,
                                  .namespace_ = request.namespace_,
                                  .name = request.name};
    const UserInfo& user = request.context.user;
    if (request.authorizer != nullptr && request.authorizer->Decide(user, access).is_allowed) {
      return {};
    }
    return "audience " + GoQuote(audience) + " not found in pod spec volume, " + user.name +
           " is not authorized to request tokens for this audience";
  }

  static ObjectKey KeyOf(const AdmissionRequest& request) {
    return {std::string(request.namespace_), std::string(request.name)};
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeNodeRestriction() {
  return std::make_unique<NodeRestriction>();
}

}  // namespace apiserver
