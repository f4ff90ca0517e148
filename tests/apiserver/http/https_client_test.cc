#include "apiserver/http/https_client.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <thread>

#include "apiserver/http/answer.h"
#include "apiserver/http/certificates.h"
#include "apiserver/http/outside_url.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
using TlsStream = asio::ssl::stream<asio::ip::tcp::socket>;
using Answer = sim::Result<OutsideAnswer>;

KeySeed SeedOf(std::uint8_t byte) {
  KeySeed seed;
  seed.fill(byte);
  return seed;
}

CertificateAuthority AuthorityOf(std::uint8_t byte) {
  return *CertificateAuthority::Make(SeedOf(byte), "hooks");
}

// Serves its connections one after another, each with the next script, on a thread of its own.
class ScriptedServer {
 public:
  // Gets the request's head and gives what is sent; "" closes.
  using Script = std::vector<std::string>;

  explicit ScriptedServer(CertificateOptions options, std::vector<Script> connections,
                          bool is_tls = true)
      : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
        tls_(asio::ssl::context::tls_server) {
    options.common_name = "hook";
    options.is_server = true;
    const KeyPair pair = *AuthorityOf(1).Issue(SeedOf(9), options);
    tls_.use_certificate_chain(asio::buffer(pair.certificate_pem));
    tls_.use_private_key(asio::buffer(pair.private_key_pem), asio::ssl::context::pem);
    thread_ = std::thread([this, connections = std::move(connections), is_tls] {
      for (const Script& script : connections) Serve(script, is_tls);
    });
  }
  ~ScriptedServer() { Join(); }

  std::string Url(const std::string& path = "/hook") const {
    return "https://127.0.0.1:" + Port() + path;
  }
  std::string Port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  // Heads, once all scripts are done.
  const std::vector<std::string>& requests() {
    Join();
    return requests_;
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  void Serve(const Script& script, bool is_tls) {
    boost::system::error_code error;
    TlsStream stream(io_, tls_);
    acceptor_.accept(stream.lowest_layer(), error);
    if (is_tls) stream.handshake(asio::ssl::stream_base::server, error);
    for (const std::string& answer : script) {
      if (error) return;
      std::string request;
      if (is_tls) {
        asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", error);
        requests_.push_back(request);
        asio::write(stream, asio::buffer(answer), error);
      } else {
        asio::write(stream.next_layer(), asio::buffer(answer), error);
      }
    }
    stream.next_layer().shutdown(asio::socket_base::shutdown_send, error);
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  asio::ssl::context tls_;
  std::vector<std::string> requests_;  // The thread's until it ends.
  std::thread thread_;
};

const CertificateOptions kOfAddress{.common_name = {},
                                    .organizations = {},
                                    .dns_names = {"hook.example"},
                                    .ip_addresses = {"127.0.0.1"}};
const CertificateOptions kOfName{.common_name = {},
                                 .organizations = {},
                                 .dns_names = {"hook.example", "other.example"},
                                 .ip_addresses = {}};

OutsideCall CallOf(const std::string& url) {
  OutsideCall call{.key = "hook", .url = url};
  call.tls.authorities_pem = AuthorityOf(1).key_pair().certificate_pem;
  call.body = "{}";
  return call;
}

Answer Ask(HttpsClient& client, OutsideCall call) {
  static std::uint64_t last_id = 0;
  auto promise = std::make_shared<std::promise<Answer>>();
  client.Send(++last_id, std::move(call), sim::Time(),
              [promise](Answer answer) { promise->set_value(std::move(answer)); });
  return promise->get_future().get();
}

std::string ErrorOf(HttpsClient& client, const OutsideCall& call) {
  const Answer answer = Ask(client, call);
  if (answer.ok()) return "an answer: " + answer->body;
  const std::string want = "Post \"" + call.url + "\": ";
  const std::string& got = answer.error().message;
  return got.starts_with(want) ? got.substr(want.size()) : got;
}

constexpr char kYes[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nyes";
constexpr char kUnknownAuthority[] =
    "tls: failed to verify certificate: x509: certificate signed by unknown authority";

TEST(HttpsClient, KeepsConnectionsAndTalksAsGoDoes) {
  HttpsClient client;
  ScriptedServer server(kOfAddress, {{kYes, kYes}});
  OutsideCall call = CallOf(server.Url("/hook?timeout=10s"));
  call.headers = {{"Content-Type", "application/json"}, {"X-Evil", "a\r\nb"}};
  for (int round = 0; round < 2; ++round) {
    const Answer answer = Ask(client, call);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "yes");
    EXPECT_EQ(answer->headers.at(1), (std::pair<std::string, std::string>("X-A", "b")));
  }
  const std::string head = server.requests().at(0);
  EXPECT_EQ(head.substr(0, head.find("\r\n\r\n")),
            "POST /hook?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1:" + server.Port() +
                "\r\nContent-Length: 2\r\nContent-Type: application/json\r\nX-Evil: a  b\r\n"
                "Accept-Encoding: gzip");
  while (client.activity().busy != 0) std::this_thread::yield();
}

TEST(HttpsClient, SendsAgainWhenAKeptConnectionWasClosed) {
  HttpsClient client;
  ScriptedServer server(kOfAddress, {{kYes}, {kYes}});
  for (int round = 0; round < 2; ++round) {
    const Answer answer = Ask(client, CallOf(server.Url()));
    EXPECT_TRUE(answer.ok()) << answer.error().message;
  }
}

TEST(HttpsClient, RefusesWhomGoWouldRefuse) {
  HttpsClient client;
  const auto refused = [&client](const CertificateOptions& shown, auto change) {
    ScriptedServer server(shown, {{}});
    OutsideCall call = CallOf(server.Url());
    change(call);
    return ErrorOf(client, call);
  };
  EXPECT_EQ(refused(kOfAddress,
                    [](OutsideCall& call) {
                      call.tls.authorities_pem = AuthorityOf(2).key_pair().certificate_pem;
                    }),
            std::string(kUnknownAuthority) +
                " (possibly because of \"x509: ECDSA verification failure\" while trying to "
                "verify candidate authority certificate \"hooks\")");
  EXPECT_EQ(refused(kOfAddress, [](OutsideCall& call) { call.tls.authorities_pem = ""; }),
            kUnknownAuthority);
  EXPECT_EQ(
      refused(kOfAddress, [](OutsideCall& call) { call.tls.server_name = "web.default.svc"; }),
      "tls: failed to verify certificate: x509: certificate is valid for hook.example, not "
      "web.default.svc");
  EXPECT_EQ(refused(kOfName, [](OutsideCall&) {}),
            "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 "
            "because it doesn't contain any IP SANs");
}

TEST(HttpsClient, DialsTheEndpointAndWantsTheName) {
  HttpsClient client;
  ScriptedServer server(kOfName, {{kYes}});
  OutsideCall call = CallOf("https://web.default.svc:443/hook");
  call.dial_address = "127.0.0.1:" + server.Port();
  call.tls.server_name = "other.example";
  const Answer answer = Ask(client, call);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "yes");
}

TEST(HttpsClient, SaysWhatBroke) {
  HttpsClient client;
  EXPECT_EQ(ErrorOf(client, CallOf("https://127.0.0.1:1/x")),
            "dial tcp 127.0.0.1:1: connect: connection refused");
  EXPECT_EQ(ErrorOf(client, CallOf("ftp://127.0.0.1/x")), "unsupported protocol scheme \"ftp\"");
  const struct {
    std::string answer;
    std::string want;
  } kRows[] = {
      {"", "EOF"},
      {"NONSENSE\r\n\r\n",
       "net/http: HTTP/1.x transport connection broken: malformed HTTP response \"NONSENSE\""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nyes",
       "unexpected error when reading response body. Please retry. Original error: unexpected "
       "EOF"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
       "the answer is larger than 67108864 bytes"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nyes",
       "gzip: invalid header"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes",
       "an answer: yes"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + Gzip("packed"),
       "an answer: packed"},
  };
  for (const auto& row : kRows) {
    ScriptedServer server(kOfAddress, {{row.answer}});
    EXPECT_EQ(ErrorOf(client, CallOf(server.Url())), row.want);
  }
  ScriptedServer plain(kOfAddress, {{"HTTP/1.0 400 Bad Request\r\n\r\n"}}, false);
  EXPECT_EQ(ErrorOf(client, CallOf(plain.Url())),
            "http: server gave HTTP response to HTTPS client");
}

TEST(HttpsClient, NothingLeavesBeforeTheGateOpens) {
  std::function<void()> waiting;
  HttpsClient client(
      [&waiting](Revision, std::function<void()> ready) { waiting = std::move(ready); });
  std::promise<Answer> promise;
  ScriptedServer server(kOfAddress, {{kYes}});
  client.Send(1, CallOf(server.Url()), sim::Time(),
              [&promise](Answer answer) { promise.set_value(std::move(answer)); });
  ASSERT_NE(waiting, nullptr);
  waiting();
  EXPECT_TRUE(promise.get_future().get().ok());
}

TEST(HttpsClient, MayEndWhileCallsAreUnderWay) {
  asio::io_context io;
  asio::ip::tcp::acceptor silent(io, {asio::ip::address_v4::loopback(), 0});
  const std::string url =
      "https://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/";
  std::function<void()> late;
  {
    HttpsClient client([&late](Revision revision, std::function<void()> ready) {
      revision == 0 ? ready() : void(late = std::move(ready));
    });
    const auto never = [](const Answer&) { ADD_FAILURE() << "an answer"; };
    client.Send(1, CallOf(url), sim::Time(), never);
    client.Send(2, CallOf(url), sim::Time(), never);
    OutsideCall held = CallOf(url);
    held.shown_revision = 7;
    client.Send(3, held, sim::Time(), never);
    client.Drop(2);
  }
  late();
}

TEST(OutsideUrl, IsTakenApart) {
  const struct {
    const char* url;
    const char* want;  // host|port|authority|target, or the error
  } kRows[] = {
      {"https://a.b/c?d=e#f", "a.b|443|a.b|/c?d=e"},
      {"http://[::1]:80", "::1|80|[::1]:80|/"},
      {"https://user:pass@a:8443/x", "a|8443|a:8443|/x"},
      {"https://[::1]/", "::1|443|[::1]|/"},
      {"https:///x", "http: no Host in request URL"},
      {"https://a:b/x", "address b: invalid port"},
      {"https://a:99999/x", "address 99999: invalid port"},
      {"https://a/x y", "net/url: invalid control character in URL"},
      {"nonsense", "unsupported protocol scheme \"\""},
  };
  for (const auto& row : kRows) {
    const auto url = ParseOutsideUrl(row.url);
    EXPECT_EQ(url.ok() ? url->host + "|" + url->port + "|" + url->authority + "|" + url->target
                       : url.error().message,
              row.want);
  }
}

}  // namespace
}  // namespace apiserver
