// Who may do what: everybody who is authenticated may do everything; anonymous users see health,
// version and what upstream's role system:public-info-viewer shows.
//
// Source of the words: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go. Threads:
// any.
#pragma once

#include <optional>

#include "apiserver/api/request.h"

namespace apiserver {

// The 403 that the request gets, or nothing when it may go on.
std::optional<ApiError> Authorize(const Request& request);

// Whether `user` may do what reviews ask about.
bool IsAllowed(const UserInfo& user);

}  // namespace apiserver
