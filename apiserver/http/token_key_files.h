// Keys of service account tokens that the user keeps in files.
//
// Source: kube-apiserver's --service-account-signing-key-file and --service-account-key-file;
// client-go/util/keyutil (a file holds any number of PEM blocks, public keys, certificates or
// private keys, whose public parts count; others are passed over). Threads: any, once made.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/ports/token_signer.h"
#include "sim/result.h"

namespace apiserver {

struct TokenKeyFiles {
  // Name and text of the file that signs; an empty name: `fallback` signs.
  std::pair<std::string, std::string> signing{};
  // Of those whose signatures count. None: those of the key that signs.
  std::vector<std::pair<std::string, std::string>> known{};
};

// Errors name the file that holds no key that tokens can have.
sim::Result<std::shared_ptr<const TokenSigner>> LoadTokenKeys(
    const TokenKeyFiles& files, std::shared_ptr<const TokenSigner> fallback);

}  // namespace apiserver
