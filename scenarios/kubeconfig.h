// The kubeconfig that any client of Kubernetes works with at once.
#pragma once

#include <string>

#include "apiserver/http/certificates.h"
#include "sim/result.h"

namespace scenarios {

struct KubeconfigOptions {
  std::string server_url{};
  std::string authority_pem;
  apiserver::KeyPair client;  // used when `token` is empty
  std::string token{};
  std::string user = "admin";
  std::string namespace_ = "default";
};

std::string BuildKubeconfig(const KubeconfigOptions& options);

// Writes `text` to `path` with mode 0600, whole or not at all: through a file beside it.
sim::Result<void> WriteSecretFile(const std::string& path, const std::string& text);

}  // namespace scenarios
