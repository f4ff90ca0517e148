// Whether a callee is whom the caller believes, decided and worded as Go's crypto/x509 does:
// validity, then name, then chain.
//
// Differences: a certificate is valid if the virtual clock or the machine's says so, for programs
// make certificates by either.
#pragma once

#include <openssl/ossl_typ.h>

#include <memory>
#include <string>

#include "sim/result.h"
#include "sim/time.h"

namespace apiserver {

// Trusted authorities; immutable once made.
class TrustStore {
 public:
  // `pem` "" is the system's authorities. What is no certificate in it is skipped, as Go does;
  // nothing left trusts nobody.
  static std::shared_ptr<const TrustStore> Make(const std::string& pem);
  ~TrustStore();
  TrustStore(const TrustStore&) = delete;

  // The certificates that the peer of `ssl` showed, for the name or address `server_name`. Errors:
  // "tls: failed to verify certificate: x509: ...".
  sim::Result<void> Verify(const SSL* ssl, const std::string& server_name, sim::Time now,
                           sim::Time machine_now) const;

 private:
  explicit TrustStore(X509_STORE* store) : store_(store) {}
  X509_STORE* store_;
};

}  // namespace apiserver
