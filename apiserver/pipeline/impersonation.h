// Acting as somebody else: Impersonate headers, and who may use them.
//
// Five ways are tried: as the node that the account runs on, as any node, as a service account, as
// a user (each needs one right to be that somebody and one to do this as somebody), and the older
// one right for everything. Which of them worked last for a user is tried first, and its refusal is
// the one shown. Source: k8s.io/apiserver/pkg/endpoints/filters/impersonation. Threads: the
// kernel's only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/ports/authorizer.h"

namespace apiserver {

// Whom the headers ask for: as they are, nothing added. Nothing without such headers; errors: 400
// when they name no user.
ApiResult<std::optional<UserInfo>> ReadImpersonation(
    const std::vector<std::pair<std::string, std::string>>& headers);

class Impersonation {
 public:
  // `authorizer` outlives it.
  explicit Impersonation(Authorizer& authorizer) : authorizer_(authorizer) {}

  // The user that `request` acts as. Errors: 400, 403.
  ApiResult<UserInfo> ActingUser(const Request& request);

 private:
  Authorizer& authorizer_;
  std::map<std::string, std::size_t> last_mode_;  // by user name
};

}  // namespace apiserver
