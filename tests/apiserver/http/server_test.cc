#include "apiserver/http/server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "apiserver/watch/watch_stream.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;

KeySeed SeedOf(std::uint8_t byte) {
  KeySeed seed;
  seed.fill(byte);
  return seed;
}

// A kernel of its own thread: answers each request with its path, watches with two events.
class FakeGateway final : public HttpGateway {
 public:
  FakeGateway() : thread_([this] { Run(); }) {}
  ~FakeGateway() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Authentication Authenticate(const Credentials& credentials) const override {
    return Authenticator({{"good", UserInfo{"admin", "1", {"system:masters"}, {}}}})
        .Authenticate(credentials);
  }
  std::uint64_t Submit(WireRequest, std::unique_ptr<Request> request,
                       std::function<void(Response)> reply) override {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back(std::move(request), std::move(reply));
    changed_.notify_all();
    return 1;
  }
  void Cancel(std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    ++cancelled_;
    changed_.notify_all();
  }
  void WhenDurable(Revision revision, std::function<void()> ready) override {
    if (revision != kNeverDurable) return ready();
    const std::lock_guard lock(mutex_);
    waiting_for_durability_ = std::move(ready);
    changed_.notify_all();
  }

  // Answers are of this revision from now on: they wait.
  static constexpr Revision kNeverDurable = 99;
  void SetRevision(Revision revision) {
    const std::lock_guard lock(mutex_);
    revision_ = revision;
  }
  std::function<void()> WaitForGate() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_for_durability_ != nullptr; });
    return std::exchange(waiting_for_durability_, nullptr);
  }

  // A request for /parked is not answered: its reply comes out here.
  std::function<void(Response)> WaitForParked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return parked_ != nullptr; });
    return std::exchange(parked_, nullptr);
  }
  void WaitForReplies(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return replies_ >= count; });
  }

  void WaitForCancel() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return cancelled_ > 0; });
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      auto [request, reply] = std::move(jobs_.front());
      jobs_.erase(jobs_.begin());
      if (request->path == "/parked") {
        parked_ = std::move(reply);
        changed_.notify_all();
        continue;
      }
      Response response;
      response.shown_revision = revision_;
      lock.unlock();
      if (request->info.verb == "watch") {
        auto stream = std::make_shared<WatchStream>(1 << 20);
        response.body = stream;
        response.content_type = "application/json";
        reply(std::move(response));
        stream->Push({std::make_shared<const std::string>("one\n"), 1});
        stream->Push({std::make_shared<const std::string>("two\n"), 2});
        if (request->Query("finish") != nullptr) stream->Finish();
      } else {
        response.content_type = "text/plain";
        const std::string* size = request->Query("size");
        response.body = std::make_shared<const std::string>(
            std::string(size == nullptr ? 0 : std::stoul(*size), 'x') + request->user.name + " " +
            request->path);
        reply(std::move(response));
      }
      lock.lock();
      ++replies_;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  int cancelled_ = 0;
  int replies_ = 0;
  Revision revision_ = 0;
  std::function<void(Response)> parked_;
  std::function<void()> waiting_for_durability_;
  std::vector<std::pair<std::unique_ptr<Request>, std::function<void(Response)>>> jobs_;
  std::thread thread_;
};

// A client's side of one TLS connection.
class ClientConnection {
 public:
  explicit ClientConnection(std::uint16_t port)
      : tls_(asio::ssl::context::tls_client), stream_(io_, tls_) {
    stream_.lowest_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client);
  }
  void Send(const std::string& text) { asio::write(stream_, asio::buffer(text)); }
  // Everything up to and including `end`.
  std::string ReadUntil(const std::string& end) {
    const std::size_t size = asio::read_until(stream_, asio::dynamic_buffer(buffer_), end);
    std::string text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }
  // Of what was sent to it; TLS has its own.
  bool HasBytes() {
    char byte = 0;
    boost::system::error_code error;
    stream_.lowest_layer().non_blocking(true);
    const std::size_t size = stream_.read_some(asio::buffer(&byte, 1), error);
    stream_.lowest_layer().non_blocking(false);
    buffer_.append(&byte, size);
    return !buffer_.empty();
  }

 private:
  asio::io_context io_;
  asio::ssl::context tls_;
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  std::string buffer_;
};

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    const auto authority = CertificateAuthority::Make(SeedOf(1), "orrery");
    HttpServerOptions options;
    options.port = 0;
    options.threads = 2;
    options.serving = *authority->Issue(SeedOf(2), {.common_name = "kube-apiserver",
                                                    .organizations = {},
                                                    .dns_names = {},
                                                    .ip_addresses = {"127.0.0.1"},
                                                    .is_server = true});
    options.limits.header_bytes_max = 4096;
    options.limits.body_bytes_max = 100;
    auto started = HttpServer::Start(std::move(options), gateway_);
    EXPECT_TRUE(started.ok());
    server_ = std::move(started).value();
  }

  FakeGateway gateway_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersSeveralRequestsOnOneConnection) {
  ClientConnection client(server_->port());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n");
  EXPECT_NE(client.ReadUntil("admin /a").find("200 OK"), std::string::npos);
  client.Send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.ReadUntil("system:anonymous /b").find("200 OK"), std::string::npos);
}

// Beyond what one TLS record holds, beyond what a socket takes at once.
TEST_F(HttpServerTest, AnswersOfAnySizeArriveWhole) {
  ClientConnection client(server_->port());
  for (const std::size_t size : {0u, 12'000u, 12'288u, 16'384u, 70'000u, 3'000'000u}) {
    client.Send("GET /a?size=" + std::to_string(size) +
                " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n");
    client.ReadUntil("\r\n\r\n");
    EXPECT_EQ(client.ReadUntil("admin /a").size(), size + 8);
  }
}

TEST_F(HttpServerTest, RefusesBadTokensBadHeadsAndLargeBodies) {
  const struct {
    std::string request;
    const char* want;
  } kRows[] = {
      {"GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\n\r\n",
       "HTTP/1.1 401 Unauthorized"},
      {"NONSENSE\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET /a HTTP/1.1\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", "HTTP/1.1 431"},
      {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "HTTP/1.1 413"},
  };
  for (const auto& row : kRows) {
    ClientConnection client(server_->port());
    client.Send(row.request);
    EXPECT_TRUE(client.ReadUntil("\r\n").starts_with(row.want)) << row.want;
  }
}

TEST_F(HttpServerTest, StreamsWatchesAndReusesTheConnection) {
  ClientConnection client(server_->port());
  client.Send("GET /api/v1/pods?watch=1&finish=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = client.ReadUntil("0\r\n\r\n");
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  // In one frame or in two: what waits goes out together.
  const std::size_t one = answer.find("\r\none\n");
  ASSERT_NE(one, std::string::npos);
  EXPECT_TRUE(answer.substr(one).starts_with("\r\none\ntwo\n\r\n") ||
              answer.substr(one).starts_with("\r\none\n\r\n4\r\ntwo\n\r\n"));
  client.Send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReadUntil("system:anonymous /b");
}

TEST_F(HttpServerTest, NoticesThatAWatchersClientIsGone) {
  {
    ClientConnection client(server_->port());
    client.Send("GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ReadUntil("two\n");
  }
  gateway_.WaitForCancel();
}

constexpr char kUpgrade[] =
    " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

TEST_F(HttpServerTest, StreamsWatchesByWebSocket) {
  ClientConnection client(server_->port());
  client.Send(std::string("GET /api/v1/pods?watch=1&finish=1") + kUpgrade +
              "Origin: https://x\r\n\r\n");
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(head,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\x03\xe8"), "\x81\x04one\n\x81\x04two\n\x88\x02\x03\xe8");
}

TEST_F(HttpServerTest, AnswersPingsOfWebSocketsAndTheirEnd) {
  ClientConnection client(server_->port());
  client.Send(std::string("GET /api/v1/pods?watch=1") + kUpgrade + "Origin: https://x\r\n\r\n");
  client.ReadUntil("\x81\x04two\n");
  const std::string ping("\x89\x82\0\0\0\0hi", 8);
  client.Send(ping);
  EXPECT_EQ(client.ReadUntil("hi"), "\x8a\x02hi");
  client.Send(std::string("\x88\x80\0\0\0\0", 6));
  EXPECT_EQ(client.ReadUntil("\x03\xe8"), "\x88\x02\x03\xe8");
  gateway_.WaitForCancel();
}

TEST_F(HttpServerTest, RefusesWebSocketsWithoutAnOrigin) {
  ClientConnection client(server_->port());
  client.Send(std::string("GET /api/v1/pods?watch=1") + kUpgrade + "\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 403 Forbidden\r\n\r\n");
  gateway_.WaitForCancel();
}

TEST_F(HttpServerTest, TakesTokensFromTheProtocolsOfWebSockets) {
  ClientConnection client(server_->port());
  const std::string prefix = "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.";
  client.Send(std::string("GET /a") + kUpgrade + prefix + "Z29vZA, binary.k8s.io\r\n\r\n");
  client.ReadUntil("admin /a");
  client.Send(std::string("GET /a") + kUpgrade + prefix + "!, binary.k8s.io\r\n\r\n");
  EXPECT_TRUE(client.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 401 Unauthorized"));
}

TEST_F(HttpServerTest, IsStillWhenNobodyWaitsForBytes) {
  ClientConnection client(server_->port());
  client.Send("GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReadUntil("two\n");
  const std::uint64_t moves = server_->activity().moves;
  EXPECT_GT(moves, 0u);
  while (server_->activity().busy != 0) std::this_thread::yield();
}

TEST_F(HttpServerTest, AReplyMayComeAfterTheServer) {
  ClientConnection client(server_->port());
  client.Send("GET /parked HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = gateway_.WaitForParked();
  server_.reset();
  reply({});
}

TEST_F(HttpServerTest, TheEgressGateMayReleaseAfterTheServer) {
  ClientConnection client(server_->port());
  gateway_.SetRevision(FakeGateway::kNeverDurable);
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto ready = gateway_.WaitForGate();
  server_.reset();
  ready();
}

TEST_F(HttpServerTest, EndsWithStreamsAndIdleConnections) {
  ClientConnection idle(server_->port());
  ClientConnection watcher(server_->port());
  watcher.Send("GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  watcher.ReadUntil("two\n");
  server_.reset();
}

TEST_F(HttpServerTest, AHeldRoundLetsNothingOut) {
  ClientConnection watcher(server_->port());
  ClientConnection client(server_->port());
  server_->release_gate().Hold();
  watcher.Send("GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  gateway_.WaitForReplies(2);
  // What never becomes a request is not of the round: when each thread has answered such a one, it
  // has done what came before.
  for (int thread = 0; thread < 2; ++thread) {
    ClientConnection other(server_->port());
    other.Send("NONSENSE\r\n\r\n");
    other.ReadUntil("400 Bad Request\r\n");
  }
  EXPECT_FALSE(client.HasBytes());
  EXPECT_FALSE(watcher.HasBytes());
  EXPECT_GT(server_->activity().busy, 0);
  server_->release_gate().Release();
  client.ReadUntil("system:anonymous /a");
  watcher.ReadUntil("two\n");
}

// What is written on either side is there for the other at once: nobody waits here.
TEST_F(HttpServerTest, IsConnectedToFromWithinItsProcess) {
  HttpServerOptions options;
  options.port = 0;
  options.threads = 0;
  options.serving = CertificateAuthority::Make(SeedOf(1), "orrery")->key_pair();
  const auto server = std::move(HttpServer::Start(std::move(options), gateway_)).value();
  const int client = server->Connect();
  ASSERT_GE(client, 0);
  const std::string words = "no TLS at all\n";
  ASSERT_EQ(write(client, words.data(), words.size()), static_cast<ssize_t>(words.size()));
  server->sockets()->Poll();
  EXPECT_GT(server->activity().bytes_read, 0U);
  EXPECT_EQ(server->activity().ends, 1U);
  char byte = 0;
  while (read(client, &byte, 1) > 0) {
  }
  EXPECT_EQ(read(client, &byte, 1), 0);
  close(client);
}

TEST_F(HttpServerTest, SaysThatAPortIsInUse) {
  HttpServerOptions options;
  options.port = server_->port();
  const auto authority = CertificateAuthority::Make(SeedOf(1), "orrery");
  options.serving = authority->key_pair();
  const auto second = HttpServer::Start(std::move(options), gateway_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("the port is in use"), std::string::npos);
}

}  // namespace
}  // namespace apiserver
