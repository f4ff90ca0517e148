// OpenSSL 3.0 lets only its older interface say where random bytes come from.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "apiserver/http/even_hello.h"

#include <openssl/rand.h>

#include <cstdint>
#include <optional>

namespace apiserver {
namespace {

// Of the thread's handshake; none: chance.
thread_local std::optional<std::uint64_t> state;

// SplitMix64: any fixed sequence does.
std::uint8_t NextByte() {
  std::uint64_t mixed = *state += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return static_cast<std::uint8_t>(mixed >> 33);
}

int Bytes(unsigned char* out, int size) {
  if (!state) return RAND_OpenSSL()->bytes(out, size);
  for (int index = 0; index < size; ++index) out[index] = NextByte();
  return 1;
}

int Status() { return RAND_OpenSSL()->status(); }

const RAND_METHOD kMethod = {nullptr, &Bytes, nullptr, nullptr, &Bytes, &Status};

void Note(const SSL*, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) != 0) state = 0;
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) state.reset();
}

}  // namespace

void UseEvenHello(SSL_CTX* context) {
  static const bool is_installed = RAND_set_rand_method(&kMethod) == 1;
  if (is_installed) SSL_CTX_set_info_callback(context, &Note);
}

}  // namespace apiserver
