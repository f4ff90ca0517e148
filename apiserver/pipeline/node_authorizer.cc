#include "apiserver/pipeline/node_authorizer.h"

#include <algorithm>

#include "apiserver/api/field_selector.h"

namespace apiserver {
namespace {

constexpr std::string_view kLeaseNamespace = "kube-node-lease";

// What every node may do, whatever runs on it; upstream's NodeRules without what is decided by
// relation.
const std::vector<PolicyRule>& GeneralRules() {
  static const std::vector<std::string> kRead = {"get", "list", "watch"};
  static const std::vector<PolicyRule> kRules = {
      {{"create"}, {"authentication.k8s.io"}, {"tokenreviews"}, {}, {}},
      {{"create"},
       {"authorization.k8s.io"},
       {"subjectaccessreviews", "localsubjectaccessreviews"},
       {},
       {}},
      {kRead, {""}, {"services"}, {}, {}},
      {{"create", "update", "patch"}, {"", "events.k8s.io"}, {"events"}, {}, {}},
      {{"get"}, {""}, {"endpoints"}, {}, {}},
      {{"create", "get", "list", "watch"},
       {"certificates.k8s.io"},
       {"certificatesigningrequests"},
       {},
       {}},
      {kRead, {"storage.k8s.io"}, {"csidrivers"}, {}, {}},
      {kRead, {"node.k8s.io"}, {"runtimeclasses"}, {}, {}},
  };
  return kRules;
}

Decision Allow() { return {true, {}}; }
Decision Refuse(std::string reason = {}) { return {false, std::move(reason)}; }

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Whether a list asks only for what has `value` in `field`.
bool Selects(const AccessAttributes& access, std::string_view field, std::string_view value) {
  const auto selector = FieldSelector::Parse(access.field_selector);
  if (!selector.ok()) return false;
  const std::string* wanted = selector->RequiredValue(field);
  return wanted != nullptr && *wanted == value;
}

bool Contains(const Value& holder, std::initializer_list<std::string_view> path,
              std::string_view name) {
  return TextAt(holder, path) == name;
}

template <class Match>
bool AnyOf(const Value* list, Match match) {
  if (list == nullptr || !list->is_array()) return false;
  return std::any_of(list->get_array().begin(), list->get_array().end(), match);
}

// References from a container's environment.
bool EnvironmentRefersTo(const Value& container, std::string_view key, std::string_view from,
                         std::string_view name) {
  return AnyOf(Find(container, "env"),
               [&](const Value& variable) {
                 return Contains(variable, {"valueFrom", key, "name"}, name);
               }) ||
         AnyOf(Find(container, "envFrom"),
               [&](const Value& source) { return Contains(source, {from, "name"}, name); });
}

bool ContainersReferTo(const Value& spec, std::string_view key, std::string_view from,
                       std::string_view name) {
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
    if (AnyOf(Find(spec, list), [&](const Value& container) {
          return EnvironmentRefersTo(container, key, from, name);
        }))
      return true;
  }
  return false;
}

// Secrets that drivers of volumes take, by the member that names them.
bool VolumeUsesSecret(const Value& volume, std::string_view name) {
  if (Contains(volume, {"secret", "secretName"}, name)) return true;
  if (Contains(volume, {"azureFile", "secretName"}, name)) return true;
  for (const char* driver :
       {"cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"}) {
    if (Contains(volume, {driver, "secretRef", "name"}, name)) return true;
  }
  if (Contains(volume, {"csi", "nodePublishSecretRef", "name"}, name)) return true;
  return AnyOf(FindPath(volume, {"projected", "sources"}),
               [&](const Value& source) { return Contains(source, {"secret", "name"}, name); });
}

bool VolumeUsesConfigMap(const Value& volume, std::string_view name) {
  if (Contains(volume, {"configMap", "name"}, name)) return true;
  return AnyOf(FindPath(volume, {"projected", "sources"}),
               [&](const Value& source) { return Contains(source, {"configMap", "name"}, name); });
}

}  // namespace

bool PodRefersTo(const Value& pod, std::string_view resource, std::string_view name) {
  const Value* found = Find(pod, "spec");
  if (found == nullptr) return false;
  const Value& spec = *found;
  const Value* volumes = Find(spec, "volumes");
  if (resource == "serviceaccounts") return Contains(spec, {"serviceAccountName"}, name);
  if (resource == "secrets") {
    return AnyOf(Find(spec, "imagePullSecrets"),
                 [&](const Value& secret) { return Contains(secret, {"name"}, name); }) ||
           ContainersReferTo(spec, "secretKeyRef", "secretRef", name) ||
           AnyOf(volumes, [&](const Value& volume) { return VolumeUsesSecret(volume, name); });
  }
  if (resource == "configmaps") {
    return ContainersReferTo(spec, "configMapKeyRef", "configMapRef", name) ||
           AnyOf(volumes, [&](const Value& volume) { return VolumeUsesConfigMap(volume, name); });
  }
  if (resource == "persistentvolumeclaims") {
    const std::string_view pod_name = TextAt(pod, {"metadata", "name"});
    return AnyOf(volumes, [&](const Value& volume) {
      if (Contains(volume, {"persistentVolumeClaim", "claimName"}, name)) return true;
      return Find(volume, "ephemeral") != nullptr &&
             std::string(pod_name) + "-" + std::string(TextAt(volume, {"name"})) == name;
    });
  }
  if (resource == "resourceclaims") {
    return AnyOf(
               Find(spec, "resourceClaims"),
               [&](const Value& claim) { return Contains(claim, {"resourceClaimName"}, name); }) ||
           AnyOf(FindPath(pod, {"status", "resourceClaimStatuses"}),
                 [&](const Value& claim) { return Contains(claim, {"resourceClaimName"}, name); });
  }
  return false;
}

bool NodeAuthorizer::HasPodWith(std::string_view node, std::string_view resource,
                                std::string_view namespace_, std::string_view name) const {
  bool is_found = false;
  store_.Visit({"", "pods"}, {.namespace_ = std::string(namespace_)}, [&](const ObjectPtr& pod) {
    const std::shared_ptr<const Value> value = pod->Peek();
    if (TextAt(*value, {"spec", "nodeName"}) != node) return true;
    is_found = PodRefersTo(*value, resource, name);
    return !is_found;
  });
  return is_found;
}

// A volume is the node's when a claim that names it is.
bool NodeAuthorizer::HasVolume(std::string_view node, std::string_view name) const {
  const ObjectPtr volume = store_.Find({"", "persistentvolumes"}, {"", std::string(name)});
  if (volume == nullptr) return false;
  const std::shared_ptr<const Value> value = volume->Peek();
  return HasPodWith(node, "persistentvolumeclaims",
                    TextAt(*value, {"spec", "claimRef", "namespace"}),
                    TextAt(*value, {"spec", "claimRef", "name"}));
}

bool NodeAuthorizer::IsRelated(std::string_view node, const AccessAttributes& access) const {
  const ObjectKey key{std::string(access.namespace_), std::string(access.name)};
  if (access.resource == "pods") {
    const ObjectPtr pod = store_.Find({"", "pods"}, key);
    return pod != nullptr && TextAt(*pod->Peek(), {"spec", "nodeName"}) == node;
  }
  if (access.resource == "persistentvolumes") return HasVolume(node, access.name);
  for (const char* resource : {"volumeattachments", "resourceslices"}) {
    if (access.resource != resource) continue;
    const ObjectPtr object =
        store_.Find({std::string(access.group), resource}, {"", std::string(access.name)});
    return object != nullptr && TextAt(*object->Peek(), {"spec", "nodeName"}) == node;
  }
  return HasPodWith(node, access.resource, access.namespace_, access.name);
}

Decision NodeAuthorizer::DecideRelated(std::string_view node,
                                       const AccessAttributes& access) const {
  if (access.name.empty()) return Refuse("No Object name found");
  if (IsRelated(node, access)) return Allow();
  return Refuse("no relationship found between node '" + std::string(node) + "' and this object");
}

Decision NodeAuthorizer::DecideNode(std::string_view node, const AccessAttributes& access) const {
  if (access.subresource == "status" && IsOneOf(access.verb, {"update", "patch"})) return Allow();
  if (!access.subresource.empty()) return Refuse();
  if (IsOneOf(access.verb, {"create", "update", "patch"})) return Allow();
  if (!IsOneOf(access.verb, {"get", "list", "watch"})) return Refuse();
  if (access.name == node) return Allow();
  const std::string what = access.name.empty() ? "all nodes" : "'" + std::string(access.name) + "'";
  return Refuse("node '" + std::string(node) + "' cannot read " + what +
                ", only its own Node object");
}

Decision NodeAuthorizer::DecidePod(std::string_view node, const AccessAttributes& access) const {
  if (access.subresource == "status") {
    return IsOneOf(access.verb, {"update", "patch"}) ? Allow() : Refuse();
  }
  if (access.subresource == "eviction") return access.verb == "create" ? Allow() : Refuse();
  if (!access.subresource.empty()) return Refuse();
  if (access.verb == "get") return DecideRelated(node, access);
  if (IsOneOf(access.verb, {"create", "delete"})) return Allow();
  if (!IsOneOf(access.verb, {"list", "watch"})) return Refuse();
  if (Selects(access, "spec.nodeName", node)) return Allow();
  if (!access.name.empty()) return DecideRelated(node, access);
  return Refuse("can only list/watch pods with spec.nodeName field selector");
}

Decision NodeAuthorizer::DecideSlice(std::string_view node, const AccessAttributes& access) const {
  if (!access.subresource.empty()) return Refuse("cannot authorize ResourceSlice subresources");
  if (access.verb == "create") return Allow();
  if (IsOneOf(access.verb, {"get", "update", "patch", "delete"})) {
    return DecideRelated(node, access);
  }
  if (!IsOneOf(access.verb, {"watch", "list", "deletecollection"})) {
    return Refuse(
        "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, "
        "update, patch, delete, deletecollection");
  }
  if (Selects(access, "spec.nodeName", node)) return Allow();
  return Refuse("can only list/watch/deletecollection resourceslices with nodeName field selector");
}

namespace {

// Leases and CSINodes have their node's name; `what` is how the refusal calls them.
Decision DecideOwned(std::string_view node, const AccessAttributes& access,
                     const std::string& article, const std::string& what) {
  if (!IsOneOf(access.verb, {"get", "create", "update", "patch", "delete"})) {
    return Refuse("can only get, create, update, patch, or delete a " + article);
  }
  if (what == "node lease" && access.namespace_ != kLeaseNamespace) {
    return Refuse("can only access leases in the \"" + std::string(kLeaseNamespace) +
                  "\" system namespace");
  }
  if (what == "CSINode" && !access.subresource.empty()) {
    return Refuse("cannot authorize CSINode subresources");
  }
  if (access.verb != "create" && access.name != node) {
    return Refuse("can only access " + what + " with the same name as the requesting node");
  }
  return Allow();
}

Decision RefuseRead(const AccessAttributes& access) {
  if (!IsOneOf(access.verb, {"get", "list", "watch"})) {
    return Refuse("can only read resources of this type");
  }
  if (!access.subresource.empty()) return Refuse("cannot read subresource");
  return Refuse(access.namespace_.empty() ? "can only read namespaced object of this type" : "");
}

Decision RefuseGet(const AccessAttributes& access) {
  if (access.verb != "get") return Refuse("can only get individual resources of this type");
  return Refuse(access.subresource.empty() ? "" : "cannot get subresource");
}

Decision RefuseToken(const AccessAttributes& access) {
  if (access.verb != "create" || access.name.empty()) {
    return Refuse("can only create tokens for individual service accounts");
  }
  return Refuse(
      access.subresource == "token" ? "" : "can only create token subresource of serviceaccount");
}

Decision RefuseStatus(const AccessAttributes& access) {
  return Refuse(IsOneOf(access.verb, {"update", "patch"}) ? ""
                                                          : "can only get/update/patch this type");
}

}  // namespace

Decision NodeAuthorizer::Decide(const UserInfo& user, const AccessAttributes& access) const {
  const std::string_view node = NodeNameOf(user);
  if (node.empty()) return Refuse();
  const auto general = [&] {
    const auto allows = [&](const PolicyRule& rule) { return RuleAllows(rule, access); };
    return std::any_of(GeneralRules().begin(), GeneralRules().end(), allows) ? Allow() : Refuse();
  };
  if (!access.is_resource) return general();
  const auto is = [&](std::string_view group, std::string_view resource) {
    return access.group == group && access.resource == resource;
  };
  Decision refused;
  if (is("", "nodes")) return DecideNode(node, access);
  if (is("", "pods")) return DecidePod(node, access);
  if (is("coordination.k8s.io", "leases")) {
    return DecideOwned(node, access, "node lease", "node lease");
  }
  if (is("storage.k8s.io", "csinodes")) return DecideOwned(node, access, "CSINode", "CSINode");
  if (is("resource.k8s.io", "resourceslices")) return DecideSlice(node, access);
  if (is("", "secrets") || is("", "configmaps")) {
    refused = RefuseRead(access);
  } else if (is("", "serviceaccounts")) {
    const bool is_read = access.verb == "get" && access.subresource.empty();
    refused = is_read ? RefuseRead(access) : RefuseToken(access);
  } else if (is("", "persistentvolumeclaims")) {
    refused = access.subresource == "status" ? RefuseStatus(access) : RefuseGet(access);
  } else if (is("", "persistentvolumes") || is("storage.k8s.io", "volumeattachments") ||
             is("resource.k8s.io", "resourceclaims")) {
    refused = RefuseGet(access);
  } else {
    return general();
  }
  return refused.reason.empty() ? DecideRelated(node, access) : refused;
}

}  // namespace apiserver
