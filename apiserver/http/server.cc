#include "apiserver/http/server.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <thread>
#include <vector>

#include "apiserver/http/connection.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class HttpServerImpl final : public HttpServer {
 public:
  HttpServerImpl(HttpServerOptions options, HttpGateway& gateway)
      : options_(std::move(options)), gateway_(gateway), tls_(asio::ssl::context::tls_server) {}

  ~HttpServerImpl() override {
    for (auto& io : ios_) io->stop();
    for (std::thread& thread : threads_) thread.join();
  }

  std::uint16_t port() const override { return port_; }
  const HttpActivity& activity() const override { return activity_; }

  sim::Result<void> Begin() {
    if (sim::Result<void> tls = SetUpTls(); !tls.ok()) return tls;
    for (int index = 0; index < std::max(1, options_.threads); ++index) {
      ios_.push_back(std::make_unique<asio::io_context>(1));
    }
    if (sim::Result<void> listening = Listen(); !listening.ok()) return listening;
    Accept();
    for (auto& io : ios_) {
      threads_.emplace_back([&io] {
        auto work = asio::make_work_guard(*io);
        io->run();
      });
    }
    return {};
  }

 private:
  sim::Result<void> SetUpTls() {
    error_code error;
    const auto& serving = options_.serving;
    tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls_.use_certificate_chain(asio::buffer(serving.certificate_pem), error);
    if (error) return sim::Error{"bad serving certificate: " + error.message()};
    tls_.use_private_key(asio::buffer(serving.private_key_pem), asio::ssl::context::pem, error);
    if (error) return sim::Error{"bad serving key: " + error.message()};
    if (options_.client_authorities_pem.empty()) return {};
    tls_.add_certificate_authority(asio::buffer(options_.client_authorities_pem), error);
    if (error) return sim::Error{"bad client certificate authority: " + error.message()};
    tls_.set_verify_mode(asio::ssl::verify_peer);
    return {};
  }

  sim::Result<void> Listen() {
    error_code error;
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return sim::Error{"cannot listen on " + where + ": not an IP address"};
    acceptor_.emplace(*ios_[0]);
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (error == asio::error::address_in_use) {
      return sim::Error{"cannot listen on " + where +
                        ": the port is in use; choose another with --listen HOST:PORT"};
    }
    if (error) return sim::Error{"cannot listen on " + where + ": " + error.message()};
    port_ = acceptor_->local_endpoint().port();
    return {};
  }

  void Accept() {
    asio::io_context& io = *ios_[next_io_];
    next_io_ = (next_io_ + 1) % ios_.size();
    acceptor_->async_accept(io, [this, &io](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) Begin(io, std::move(socket));
      Accept();
    });
  }

  void Begin(asio::io_context& io, tcp::socket socket) {
    if (connection_count_ >= options_.limits.connections_max) return;  // Dropping it closes it.
    ++connection_count_;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto shared = std::make_shared<tcp::socket>(std::move(socket));
    asio::post(io, [this, &io, shared] {
      RunConnection(io, std::move(*shared), tls_, options_.limits, gateway_, activity_,
                    [this] { --connection_count_; });
    });
  }

  HttpServerOptions options_;
  HttpGateway& gateway_;
  asio::ssl::context tls_;
  HttpActivity activity_;
  std::atomic<int> connection_count_{0};
  std::uint16_t port_ = 0;
  std::size_t next_io_ = 0;
  // Destroyed in reverse: threads are joined first, then the acceptor goes, then the contexts with
  // their connections.
  std::vector<std::unique_ptr<asio::io_context>> ios_;
  std::optional<tcp::acceptor> acceptor_;
  std::vector<std::thread> threads_;
};

}  // namespace

sim::Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                           HttpGateway& gateway) {
  auto server = std::make_unique<HttpServerImpl>(std::move(options), gateway);
  if (sim::Result<void> begun = server->Begin(); !begun.ok()) return begun.error();
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace apiserver
