// The keys with which service account tokens are signed, and by which they are known.
//
// Threads: any; a signer is immutable to those who see it. Implemented where OpenSSL lives.
#pragma once

#include <string>
#include <string_view>

namespace apiserver {

class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  // How it signs, as a token's header says it ("alg" of RFC 7518): RS256, ES256, ES384 or ES512.
  virtual std::string algorithm() const = 0;
  // As "kid" names the key that signs: a hash of its public part.
  virtual std::string key_id() const = 0;
  // The signature of `text`: raw bytes.
  virtual std::string Sign(std::string_view text) const = 0;
  // Whether one of the known keys signed `text` by `algorithm`.
  virtual bool Verify(std::string_view algorithm, std::string_view text,
                      std::string_view signature) const = 0;
  // The public parts of all known keys, as JSON Web Keys separated by commas.
  virtual std::string Jwks() const = 0;
};

}  // namespace apiserver
