// The RSA key of service account tokens, made from a secret.
//
// Invariants:
// (1) Equal secrets give equal keys and, because the padding of RS256 is fixed, equal tokens.
// (2) The key is made when it is first needed, for that takes a tenth of a second. Threads: any.
// Sources: RFC 8017 (keys, signatures), RFC 7517 (JWK); kubernetes/pkg/serviceaccount/jwt.go (key
// ids).
#pragma once

#include <memory>
#include <string>

#include "apiserver/ports/token_signer.h"

namespace apiserver {

// `secret` is what only the cluster knows, such as its authority's private key.
std::shared_ptr<const TokenSigner> MakeTokenKey(std::string secret);

}  // namespace apiserver
