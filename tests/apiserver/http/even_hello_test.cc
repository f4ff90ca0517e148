#include "apiserver/http/even_hello.h"

#include <gtest/gtest.h>
#include <openssl/rand.h>

#include <array>
#include <string>
#include <thread>

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

using Drawn = std::array<unsigned char, 16>;

Drawn Draw() {
  Drawn drawn{};
  RAND_bytes(drawn.data(), static_cast<int>(drawn.size()));
  return drawn;
}

TEST(EvenHello, OtherThreadsStayRandomMeanwhile) {
  const Context even(SSL_CTX_new(TLS_client_method()));
  UseEvenHello(even.get());
  SSL_CTX_set_msg_callback(even.get(), [](int, int, int, const void*, std::size_t, SSL*, void* to) {
    std::thread([to] { *static_cast<Drawn*>(to) = Draw(); }).join();
  });
  Drawn draws[2] = {};
  for (Drawn& drawn : draws) {
    SSL_CTX_set_msg_callback_arg(even.get(), &drawn);
    HelloOf(even.get());
    EXPECT_NE(drawn, Drawn{});
  }
  EXPECT_NE(draws[0], draws[1]);
}

// Both ends of a connection, in this thread.
struct Ends {
  Ends(SSL_CTX* client_context, SSL_CTX* server_context)
      : client(SSL_new(client_context)), server(SSL_new(server_context)) {
    BIO* client_end = nullptr;
    BIO* server_end = nullptr;
    BIO_new_bio_pair(&client_end, 0, &server_end, 0);
    SSL_set_bio(client.get(), client_end, client_end);
    SSL_set_bio(server.get(), server_end, server_end);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    for (SSL* session : {client.get(), server.get()}) {
      SSL_set_max_proto_version(session, TLS1_2_VERSION);
      SSL_set_cipher_list(session, "AECDH@SECLEVEL=0");  // Without a certificate.
    }
  }
  // A flight of each.
  void Step() {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  // What both have derived from all that they drew.
  std::string Secret() {
    for (int step = 0; step < 10 && SSL_is_init_finished(client.get()) == 0; ++step) Step();
    EXPECT_EQ(SSL_is_init_finished(client.get()), 1);
    std::string secret(SSL3_MASTER_SECRET_SIZE, '\0');
    SSL_SESSION_get_master_key(SSL_get_session(client.get()),
                               reinterpret_cast<unsigned char*>(secret.data()), secret.size());
    return secret;
  }

  Session client;
  Session server;
};

class EvenEnds : public testing::Test {
 protected:
  EvenEnds() {
    UseEvenHello(client_.get());
    UseEvenHello(server_.get());
  }
  const Context client_{SSL_CTX_new(TLS_client_method())};
  const Context server_{SSL_CTX_new(TLS_server_method())};
};

TEST_F(EvenEnds, HandshakesAreTheSameToTheirEnd) {
  const std::string first = Ends(client_.get(), server_.get()).Secret();
  EXPECT_EQ(Ends(client_.get(), server_.get()).Secret(), first);
}

TEST_F(EvenEnds, HandshakesAtTheSameTimeAreTheSameAsWell) {
  const std::string alone = Ends(client_.get(), server_.get()).Secret();
  Ends first(client_.get(), server_.get());
  Ends later(client_.get(), server_.get());
  first.Step();
  later.Step();
  EXPECT_EQ(first.Secret(), alone);
  EXPECT_EQ(later.Secret(), alone);
}

TEST_F(EvenEnds, WhatIsDrawnBesideThemStaysRandom) {
  Ends first(client_.get(), server_.get());
  first.Step();
  const Drawn drawn = Draw();
  first.Secret();
  const Drawn drawn_after = Draw();
  Ends later(client_.get(), server_.get());
  later.Step();
  EXPECT_NE(Draw(), drawn);
  later.Secret();
  EXPECT_NE(Draw(), drawn_after);
}

}  // namespace
}  // namespace apiserver
