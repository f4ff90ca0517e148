// OpenSSL 3.0 lets only its older interface say where random bytes come from.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "apiserver/http/even_hello.h"

#include <openssl/rand.h>

#include <cstdint>
#include <optional>

namespace apiserver {
namespace {

// Of the handshake that the thread is in; none: chance.
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

// Where a handshake keeps its state while it waits for its peer: the number itself.
int StateIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Told before each message of a handshake, and whenever it stops: to wait, or for good.
void Note(const SSL* session, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) != 0) {
    state = 0;
  } else if ((where & SSL_CB_EXIT) != 0 && state) {
    SSL_set_ex_data(const_cast<SSL*>(session), StateIndex(), reinterpret_cast<void*>(*state));
    state.reset();
  } else if ((where & SSL_CB_LOOP) != 0 && !state && SSL_in_init(session) != 0) {
    state = reinterpret_cast<std::uint64_t>(SSL_get_ex_data(session, StateIndex()));
  }
}

}  // namespace

void UseEvenHello(SSL_CTX* context) {
  static const bool is_installed = StateIndex() >= 0 && RAND_set_rand_method(&kMethod) == 1;
  if (is_installed) SSL_CTX_set_info_callback(context, &Note);
}

}  // namespace apiserver
