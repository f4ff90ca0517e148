// What a service account token says, and its form as a JSON Web Token.
//
// Source: kubernetes/pkg/serviceaccount/claims.go and jwt.go. Pure but for the signer; threads:
// any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/request.h"
#include "apiserver/ports/token_signer.h"

namespace apiserver {

inline constexpr std::string_view kTokenIssuer = "https://kubernetes.default.svc.cluster.local";

// Whose tokens count, and for whom they are meant when they do not say it.
// Source: kube-apiserver's --service-account-issuer and --api-audiences.
struct TokenTerms {
  std::vector<std::string> issuers{std::string(kTokenIssuer)};    // the first makes tokens
  std::vector<std::string> audiences{std::string(kTokenIssuer)};  // of the API server itself
};

struct TokenReference {
  std::string name;
  std::string uid;
  bool operator==(const TokenReference&) const = default;
};

struct TokenClaims {
  std::string issuer{kTokenIssuer};
  std::string id;  // "jti"
  std::vector<std::string> audiences;
  std::int64_t issued_at = 0;  // seconds since 1970, as all times here
  std::int64_t not_before = 0;
  std::int64_t expires_at = 0;
  std::string namespace_;
  TokenReference account;
  std::optional<TokenReference> pod{};
  std::optional<TokenReference> secret{};
  std::optional<TokenReference> node{};
  std::optional<std::int64_t> warn_after{};
  bool operator==(const TokenClaims&) const = default;
};

std::string ToPayload(const TokenClaims& claims);
// Nothing when `payload` is no such claims.
std::optional<TokenClaims> ReadPayload(std::string_view payload);

// The user as whom the token's bearer acts, with the groups of accounts.
UserInfo UserOf(const TokenClaims& claims);

std::string SignToken(const TokenClaims& claims, const TokenSigner& signer);

// What a bearer token turns out to be.
struct VerifiedToken {
  bool is_ours = false;   // a token of this issuer
  std::string error{};    // why it is not valid
  std::string payload{};  // of a token with a valid signature
};
// Checks form, issuer (one of `issuers`) and signature, nothing that changes with time.
VerifiedToken VerifyToken(std::string_view token, const TokenSigner& signer,
                          const std::vector<std::string>& issuers);

}  // namespace apiserver
