// What a node may do: its own Node, Lease and CSINode, the pods bound to it, and what those pods
// refer to.
//
// Source: kubernetes/plugin/pkg/auth/authorizer/node, 1.36. Upstream keeps a graph; here the pods
// of the namespace in question are looked through, for nodes outside the process ask seldom.
// Threads: the kernel's only.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/node_user.h"
#include "apiserver/ports/authorizer.h"
#include "apiserver/store/store.h"

namespace apiserver {

// Whether `pod` mentions object `name` of `resource` (secrets, configmaps, serviceaccounts,
// persistentvolumeclaims, resourceclaims of its own namespace). Pure.
bool PodRefersTo(const Value& pod, std::string_view resource, std::string_view name);

class NodeAuthorizer {
 public:
  // `store` outlives the authorizer.
  explicit NodeAuthorizer(const Store& store) : store_(store) {}

  // Nothing is said of users who are no nodes.
  Decision Decide(const UserInfo& user, const AccessAttributes& access) const;

 private:
  Decision DecideRelated(std::string_view node, const AccessAttributes& access) const;
  bool IsRelated(std::string_view node, const AccessAttributes& access) const;
  bool HasPodWith(std::string_view node, std::string_view resource, std::string_view namespace_,
                  std::string_view name) const;
  bool HasVolume(std::string_view node, std::string_view name) const;
  Decision DecideNode(std::string_view node, const AccessAttributes& access) const;
  Decision DecidePod(std::string_view node, const AccessAttributes& access) const;
  Decision DecideSlice(std::string_view node, const AccessAttributes& access) const;

  const Store& store_;
};

}  // namespace apiserver
