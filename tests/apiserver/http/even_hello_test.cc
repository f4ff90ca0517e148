#include "apiserver/http/even_hello.h"

#include <gtest/gtest.h>
#include <openssl/rand.h>

#include <array>
#include <string>

#include "apiserver/http/openssl_handle.h"

namespace apiserver {
namespace {

using Context = OpensslHandle<SSL_CTX, SSL_CTX_free>;
using Session = OpensslHandle<SSL, SSL_free>;

std::string HelloOf(SSL_CTX* context) {
  const Session session(SSL_new(context));
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), out);
  SSL_set_connect_state(session.get());
  SSL_do_handshake(session.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  return {data, static_cast<std::size_t>(size)};
}

TEST(EvenHello, HandshakesBeginWithTheSameBytes) {
  const Context even(SSL_CTX_new(TLS_client_method()));
  UseEvenHello(even.get());
  const std::string first = HelloOf(even.get());
  EXPECT_GT(first.size(), 200U);
  EXPECT_EQ(HelloOf(even.get()), first);
}

TEST(EvenHello, OthersStayRandom) {
  const Context usual(SSL_CTX_new(TLS_client_method()));
  EXPECT_NE(HelloOf(usual.get()), HelloOf(usual.get()));
}

}  // namespace
}  // namespace apiserver
