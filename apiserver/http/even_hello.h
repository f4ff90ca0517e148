// A client whose handshakes begin with the same bytes in all runs.
//
// A program on virtual time that is called signs what it was sent, and how many bytes that takes
// depends on it (even_key.h). The calls stay on this machine: nothing relies on such a handshake
// being secret.
#pragma once

#include <openssl/ssl.h>

namespace apiserver {

// Requires: the context is for clients, and its handshakes run on threads that do nothing else with
// OpenSSL.
void UseEvenHello(SSL_CTX* context);

}  // namespace apiserver
