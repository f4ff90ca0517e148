// A server's key whose handshakes have one length in all runs.
//
// Signatures of ECDSA are random, and some are a byte or two shorter than others. A program that
// runs on virtual time reads that many bytes: what it does must not depend on them.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace apiserver {

// False if the key is not one of an elliptic curve, or malformed: then nothing has changed.
bool UseEvenKey(SSL_CTX* context, const std::string& private_key_pem);

}  // namespace apiserver
