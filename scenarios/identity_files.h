// The keys and certificates of a cluster: made from a seed in `run`, from the system's randomness
// in `serve`, and kept beside the data file so that a restart serves the same authority.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/http/certificates.h"
#include "apiserver/ports/token_signer.h"
#include "sim/result.h"

namespace scenarios {

struct ClusterIdentity {
  apiserver::KeyPair authority;
  apiserver::KeyPair serving;  // of the API server
  apiserver::KeyPair admin;    // of a user in system:masters
  // Of service accounts' tokens. It follows from the authority's key, so it is kept with that.
  std::shared_ptr<const apiserver::TokenSigner> token_signer;
};

struct ServingNames {
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
};

// The names under which an API server is reached, from inside a cluster and from outside at
// `address`.
ServingNames NamesOfApiServer(const std::string& address, const std::string& kubernetes_service_ip);

// Makes all keys with `random_bytes(32)`, in a fixed order.
sim::Result<ClusterIdentity> MakeIdentity(
    const std::function<std::string(std::size_t)>& random_bytes, const ServingNames& names);

// The same, but takes the authority from `path` (made there, mode 0600, when it is not) instead of
// making one.
sim::Result<ClusterIdentity> LoadOrMakeIdentity(
    const std::string& path, const std::function<std::string(std::size_t)>& random_bytes,
    const ServingNames& names);

}  // namespace scenarios
