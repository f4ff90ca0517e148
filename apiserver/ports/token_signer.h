// The key with which service account tokens are signed, and by which they are known.
//
// Threads: any; a signer is immutable to those who see it. Implemented where OpenSSL lives.
#pragma once

#include <string>
#include <string_view>

namespace apiserver {

class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  // Of RS256 over `text`: raw bytes.
  virtual std::string Sign(std::string_view text) const = 0;
  virtual bool Verify(std::string_view text, std::string_view signature) const = 0;
  // As `kid` names it: a hash of the public key.
  virtual std::string key_id() const = 0;
  // The public key as a JSON Web Key.
  virtual std::string Jwk() const = 0;
};

}  // namespace apiserver
