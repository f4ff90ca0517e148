// Who is there: bearer tokens of a static file, and client certificates.
//
// Invariants:
// (1) Whoever shows no credentials is system:anonymous; whoever shows bad ones is refused with 401.
// (2) A known user is in system:authenticated besides the groups its credential names.
// Source: k8s.io/apiserver/pkg/authentication. Threads: immutable once built, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/request.h"
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

class Authenticator {
 public:
  explicit Authenticator(TokenTable tokens) : tokens_(std::move(tokens)) {}
  Authentication Authenticate(const Credentials& credentials) const;

 private:
  TokenTable tokens_;
};

}  // namespace apiserver
