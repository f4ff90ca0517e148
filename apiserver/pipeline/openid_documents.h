// What others need to check service account tokens by themselves: issuer and public key.
//
// Source: kubernetes/pkg/routes/openidmetadata.go. Threads: the kernel's only.
#pragma once

#include <memory>
#include <string>

#include "apiserver/pipeline/api_pipeline.h"
#include "apiserver/pipeline/authentication.h"

namespace apiserver {

// Answers /.well-known/openid-configuration and /openid/v1/jwks. `authenticator` has a signer.
// `server_address` is where clients reach this server, "" when that is where the issuer says.
DocumentHandler MakeOpenIdDocuments(std::shared_ptr<const Authenticator> authenticator,
                                    std::string server_address = {});

}  // namespace apiserver
