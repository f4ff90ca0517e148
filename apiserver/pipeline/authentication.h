// Who is there: bearer tokens of a static file or of service accounts, and client certificates.
//
// Invariants:
// (1) Whoever shows no credentials is system:anonymous, unless nobody may be; whoever shows bad
// ones is refused with 401. (2) A known user is in system:authenticated besides the groups its
// credential names. (3) Of a service account's token the signature is checked here and the rest by
// the kernel: the user carries what it says in token_payload. Source:
// k8s.io/apiserver/pkg/authentication. Threads: immutable once built, any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/request.h"
#include "apiserver/pipeline/token_claims.h"
#include "apiserver/ports/token_signer.h"
#include "sim/result.h"

namespace apiserver {

// What a connection and its headers show of who is there.
struct Credentials {
  std::string authorization;            // the Authorization header, or ""
  std::string certificate_common_name;  // of a verified client certificate, or ""
  std::vector<std::string> certificate_organizations;
};

struct Authentication {
  UserInfo user;
  std::optional<ApiError> error;
  std::vector<std::string> warnings;
};

// Tokens and their users, as kube-apiserver's --token-auth-file.
using TokenTable = std::map<std::string, UserInfo, std::less<>>;

// Reads `token,user,uid,"group1,group2"` lines. Errors name the line.
sim::Result<TokenTable> ParseTokenFile(std::string_view text, const std::string& file_name);

// The user with system:authenticated among its groups.
UserInfo WithAuthenticated(UserInfo user);

class Authenticator {
 public:
  // Without a signer no service account is known.
  explicit Authenticator(TokenTable tokens, std::shared_ptr<const TokenSigner> signer = nullptr,
                         TokenTerms terms = {})
      : tokens_(std::move(tokens)), signer_(std::move(signer)), terms_(std::move(terms)) {}
  Authentication Authenticate(const Credentials& credentials) const;

  // The user of the static token, or nullptr.
  const UserInfo* FindStatic(std::string_view token) const;
  // Null: no service account is known.
  const TokenSigner* signer() const { return signer_.get(); }
  const TokenTerms& terms() const { return terms_; }

 private:
  Authentication AuthenticateToken(std::string_view token) const;

  TokenTable tokens_;
  std::shared_ptr<const TokenSigner> signer_;
  TokenTerms terms_;
};

}  // namespace apiserver
