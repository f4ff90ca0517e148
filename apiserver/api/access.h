// What a request wants to do, and the words with which it is refused.
//
// Source of the words: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go. Pure.
#pragma once

#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/policy_rule.h"
#include "apiserver/api/request.h"

namespace apiserver {

// What `request` wants to do, as authorizers see it.
AccessAttributes AccessOf(const Request& request);

// The 403 for what `user` may not do.
ApiError ForbiddenAccessError(const UserInfo& user, const AccessAttributes& access,
                              std::string_view reason);

}  // namespace apiserver
