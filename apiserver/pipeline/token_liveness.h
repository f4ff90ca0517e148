// Whether a service account token with a valid signature still holds: its times, and that what it
// is bound to is still there.
//
// Source: kubernetes/pkg/serviceaccount/claims.go (Validate). Threads: the kernel's only.
#pragma once

#include <string>
#include <vector>

#include "apiserver/pipeline/token_claims.h"
#include "apiserver/store/store.h"
#include "sim/time.h"

namespace apiserver {

// The audiences in which both agree; empty when in none.
std::vector<std::string> CommonAudiences(const std::vector<std::string>& of_token,
                                         const std::vector<std::string>& asked);

// What is wrong with the token for one of `audiences` at `now`, or "".
std::string TokenProblem(const TokenClaims& claims, const std::vector<std::string>& audiences,
                         const Store& store, sim::Time now);

}  // namespace apiserver
