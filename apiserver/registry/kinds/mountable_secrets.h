// A service account may allow its pods only the secrets that it names.
// Source: kubernetes/plugin/pkg/admission/serviceaccount, limitSecretReferences, 1.36.
#pragma once

#include <string>

#include "apiserver/api/json.h"

namespace apiserver {

// The account's annotation asks for it.
bool EnforcesMountableSecrets(const Object& account);
// Why a pod of `spec` may not run as `account`, or "".
std::string SecretReferenceProblem(const Object& account, const Object& spec);
// The same of ephemeral containers, which come later.
std::string EphemeralReferenceProblem(const Object& account, const Object& spec);

}  // namespace apiserver
