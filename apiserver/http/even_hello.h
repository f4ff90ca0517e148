// An end of a connection that draws the same bytes in all its handshakes, in all runs.
//
// A program on virtual time that is called signs what it was sent, and how many bytes that takes
// depends on it (even_key.h). One that calls computes with what it is sent: a runtime that compiles
// what runs often, as Java's, compiles more or less after other numbers. The calls stay on this
// machine: nothing relies on such a handshake being secret.
#pragma once

#include <openssl/ssl.h>

namespace apiserver {

// Everything else that a thread draws stays random, also while a handshake waits for its peer.
void UseEvenHello(SSL_CTX* context);

}  // namespace apiserver
