// Who may do what in this cluster: members of system:masters everything, nodes what concerns them,
// everybody what roles allow.
//
// Source of order and words: k8s.io/apiserver/pkg/authorization/union and
// pkg/endpoints/handlers/responsewriters/errors.go. Threads: the kernel's only.
#pragma once

#include <optional>

#include "apiserver/api/access.h"
#include "apiserver/pipeline/node_authorizer.h"
#include "apiserver/pipeline/rbac_index.h"
#include "apiserver/ports/authorizer.h"

namespace apiserver {

enum class AuthorizationMode : std::uint8_t {
  kAuthenticated,  // who is authenticated may; anonymous users see health and version
  kAlwaysAllow,
  kAlwaysDeny,  // but for members of system:masters
  kRbac,
  kNode,
  kNodeAndRbac,
};

// What the names of --authorization-mode come to together: AlwaysAllow, AlwaysDeny, RBAC, Node.
AuthorizationMode AuthorizationModeOf(const std::vector<std::string>& names);

class ClusterAuthorizer final : public Authorizer {
 public:
  // `store` outlives the authorizer.
  ClusterAuthorizer(Store& store, AuthorizationMode mode)
      : mode_(mode), rbac_(store), nodes_(store) {}

  Decision Decide(const UserInfo& user, const AccessAttributes& access) override;
  HeldRules RulesOf(const UserInfo& user, const std::string& namespace_) override;

  RbacIndex& rbac() { return rbac_; }

 private:
  bool has_roles() const {
    return mode_ == AuthorizationMode::kRbac || mode_ == AuthorizationMode::kNodeAndRbac;
  }
  bool has_nodes() const {
    return mode_ == AuthorizationMode::kNode || mode_ == AuthorizationMode::kNodeAndRbac;
  }
  Decision DecideByRoles(const UserInfo& user, const AccessAttributes& access);

  const AuthorizationMode mode_;
  RbacIndex rbac_;
  NodeAuthorizer nodes_;
};

}  // namespace apiserver
