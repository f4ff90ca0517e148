// `authorizer` and `authorizer.requestResource` of admission: whom a check of an expression asks.
//
// Source: k8s.io/apiserver/pkg/cel/library/authz.go. Threads: the kernel's only, as the Authorizer.
#pragma once

#include "apiserver/cel/containers.h"
#include "apiserver/ports/authorizer.h"

namespace apiserver::cel {

// `user` and `authorizer` outlive the value; a null authorizer allows everything.
Value NewAuthorizer(Arena& arena, const UserInfo& user, Authorizer* authorizer);
// The texts of `access` outlive the value.
Value NewResourceCheck(Arena& arena, const UserInfo& user, Authorizer* authorizer,
                       const AccessAttributes& access);

}  // namespace apiserver::cel
