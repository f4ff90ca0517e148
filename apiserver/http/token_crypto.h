// What service account tokens need of a key, RSA or of an elliptic curve: signatures in the form of
// JSON Web Tokens, key ids, JSON Web Keys.
//
// Sources: RFC 7515 and 7518 (signatures: of a curve the two numbers side by side), RFC 7517
// (keys), kubernetes/pkg/serviceaccount/jwt.go (key ids, algorithms). Threads: any.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "apiserver/http/openssl_handle.h"

namespace apiserver {

using TokenPkey = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;

std::string Sha256(std::string_view text);

// "RS256", "ES256", "ES384", "ES512"; "" for a key that tokens can't have.
std::string TokenAlgorithmOf(EVP_PKEY* key);
// Base64 of a hash of the public part.
std::string TokenKeyIdOf(EVP_PKEY* key);
std::string JsonWebKeyOf(EVP_PKEY* key);

// `key` holds a private part.
std::string SignTokenText(EVP_PKEY* key, std::string_view text);
bool IsTokenSignature(EVP_PKEY* key, std::string_view text, std::string_view signature);

}  // namespace apiserver
