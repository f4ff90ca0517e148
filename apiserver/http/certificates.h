// Certificates of the cluster: one authority, a serving certificate, client certificates.
//
// Invariants:
// (1) Keys are P-256 and signatures deterministic: equal key bytes and options give equal PEM text,
// so that a
//     scenario's CA ConfigMap is the same in every run (nonces follow RFC 6979).
// (2) Valid 1970-2200, so that no client's clock refuses them, whatever virtual time says.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/result.h"

namespace apiserver {

struct KeyPair {
  std::string certificate_pem;
  std::string private_key_pem;
};

// 32 random bytes from which a private key is made.
using KeySeed = std::array<std::uint8_t, 32>;

struct CertificateOptions {
  std::string common_name;
  std::vector<std::string> organizations;  // the user's groups
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  bool is_server = false;
  std::uint64_t serial = 1;
};

class CertificateAuthority {
 public:
  // A new self-signed authority.
  static sim::Result<CertificateAuthority> Make(const KeySeed& seed,
                                                const std::string& common_name);
  // The authority of earlier PEM texts.
  static sim::Result<CertificateAuthority> Load(const KeyPair& pems);

  const KeyPair& key_pair() const { return key_pair_; }
  sim::Result<KeyPair> Issue(const KeySeed& seed, const CertificateOptions& options) const;

 private:
  explicit CertificateAuthority(KeyPair key_pair) : key_pair_(std::move(key_pair)) {}
  KeyPair key_pair_;
};

}  // namespace apiserver
