// What a kubeconfig says about reaching its server: the current context's cluster and user.
//
// Errors: one line that names the file. Credentials by a helper program (`exec`) are refused.
#pragma once

#include <string>

#include "scenarios/language/read_context.h"
#include "sim/result.h"

namespace scenarios {

struct ServerAccess {
  std::string url;  // "https://127.0.0.1:6443"
  std::string authority_pem;
  bool skips_verification = false;
  std::string server_name;  // that the certificate must have, or "" for the URL's host
  std::string token;
  std::string certificate_pem;
  std::string private_key_pem;
};

// `text` is the content of `path`; files that it names are read with `read_file`, relative to its
// own place.
sim::Result<ServerAccess> ReadKubeconfig(const std::string& path, const std::string& text,
                                         const FileReader& read_file);

}  // namespace scenarios
