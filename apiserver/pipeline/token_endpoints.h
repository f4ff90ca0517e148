// serviceaccounts/token makes tokens, tokenreviews says whose a token is.
//
// Source: kubernetes/pkg/registry/core/serviceaccount/storage/token.go and
// pkg/registry/authentication/tokenreview. Threads: the kernel's only.
#pragma once

#include <memory>

#include "apiserver/pipeline/authentication.h"
#include "apiserver/registry/registry.h"

namespace apiserver {

// `authenticator` has a signer; it says which static tokens there are besides.
std::unique_ptr<Endpoint> MakeTokenRequestEndpoint(
    std::shared_ptr<const Authenticator> authenticator);
std::unique_ptr<Endpoint> MakeTokenReviewEndpoint(
    std::shared_ptr<const Authenticator> authenticator);

}  // namespace apiserver
