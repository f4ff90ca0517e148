#include "apiserver/http/plain_health.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <memory>

namespace apiserver {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kIdleMax = std::chrono::seconds(10);
constexpr std::size_t kHeaderBytesMax = 8 << 10;
constexpr int kConnectionsMax = 64;

using Answer = http::response<http::string_body>;

Answer AnswerTo(const http::request<http::empty_body>& request) {
  Answer answer(http::status::ok, request.version());
  answer.keep_alive(request.keep_alive());
  answer.set(http::field::content_type, "application/json");
  if (request.target() == "/health") {
    answer.body() = R"({"health":"true","reason":""})";
  } else if (request.target() == "/livez" || request.target() == "/readyz") {
    answer.body() = "ok\n";
  } else if (request.target() == "/version") {
    answer.body() = R"({"etcdserver":"3.6.0","etcdcluster":"3.6.0"})";
  } else {
    answer.result(http::status::not_found);
    answer.body() = "404 page not found\n";
  }
  answer.prepare_payload();
  return answer;
}

class PlainConnection : public std::enable_shared_from_this<PlainConnection> {
 public:
  PlainConnection(asio::ip::tcp::socket socket, int& count)
      : stream_(std::move(socket)), count_(count) {
    ++count_;
  }
  ~PlainConnection() { --count_; }

  void Read() {
    parser_ = std::make_unique<http::request_parser<http::empty_body>>();
    parser_->header_limit(kHeaderBytesMax);
    stream_.expires_after(kIdleMax);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code failed, std::size_t) {
                       if (!failed) self->Write();
                     });
  }

 private:
  void Write() {
    answer_ = AnswerTo(parser_->get());
    http::async_write(stream_, answer_,
                      [self = shared_from_this()](beast::error_code failed, std::size_t) {
                        if (!failed && self->answer_.keep_alive()) self->Read();
                      });
  }

  beast::tcp_stream stream_;
  int& count_;
  beast::flat_buffer buffer_{kHeaderBytesMax};
  std::unique_ptr<http::request_parser<http::empty_body>> parser_;
  Answer answer_;
};

void Accept(asio::ip::tcp::acceptor& acceptor, int& count) {
  acceptor.async_accept(
      [&acceptor, &count](beast::error_code failed, asio::ip::tcp::socket socket) {
        if (!failed && count < kConnectionsMax) {
          std::make_shared<PlainConnection>(std::move(socket), count)->Read();
        }
        if (acceptor.is_open()) Accept(acceptor, count);
      });
}

}  // namespace

sim::Result<void> ServePlainHealth(const std::string& address, std::uint16_t port) {
  int count = 0;  // outlives the connections, which the loop owns
  asio::io_context loop(1);
  beast::error_code failed;
  const auto ip = asio::ip::make_address(address, failed);
  if (failed) return sim::Error{address + " is not an IP address"};
  asio::ip::tcp::acceptor acceptor(loop);
  const asio::ip::tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return sim::Error{"cannot listen on " + address + ":" + std::to_string(port) + ": " +
                      failed.message()};
  }
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&loop](beast::error_code, int) { loop.stop(); });
  Accept(acceptor, count);
  loop.run();
  return {};
}

}  // namespace apiserver
