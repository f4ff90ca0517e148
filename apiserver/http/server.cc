#include "apiserver/http/server.h"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include "apiserver/http/connection.h"
#include "apiserver/http/even_hello.h"
#include "apiserver/http/even_key.h"
#include "apiserver/http/polled_lane.h"
#include "sim/check.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class HttpServerImpl final : public HttpServer {
 public:
  HttpServerImpl(HttpServerOptions options, HttpGateway& gateway)
      : options_(std::move(options)),
        core_(std::make_shared<ServerCore>(
            options_, gateway, static_cast<std::size_t>(std::max(1, options_.threads)))) {}

  ~HttpServerImpl() override {
    core_->JoinThreads();
    acceptor_.reset();
    polled_.reset();
    core_->Stop();
  }

  std::uint16_t port() const override { return port_; }
  const HttpActivity& activity() const override { return core_->activity; }
  sim::ReleaseGate& release_gate() override { return *core_; }
  sim::SocketLoop* sockets() override { return polled_ ? &*polled_ : nullptr; }

  int Connect() override {
    SIM_CHECK(polled_.has_value());
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return -1;
    IoLane& lane = *core_->lanes().front();
    LaneSocket socket(lane.io, asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
    RunConnection(core_, lane, std::move(socket), true);
    return ends[1];
  }

  sim::Result<void> Begin() {
    if (sim::Result<void> tls = SetUpTls(); !tls.ok()) return tls;
    if (sim::Result<void> listening = Listen(); !listening.ok()) return listening;
    Accept();
    if (options_.threads == 0) {
      polled_.emplace(*core_->lanes().front());
    } else {
      core_->Start();
    }
    return {};
  }

 private:
  sim::Result<void> SetUpTls() {
    error_code error;
    const auto& serving = options_.serving;
    asio::ssl::context& tls = core_->tls;
    tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls.use_certificate_chain(asio::buffer(serving.certificate_pem), error);
    if (error) return sim::Error{"bad serving certificate: " + error.message()};
    tls.use_private_key(asio::buffer(serving.private_key_pem), asio::ssl::context::pem, error);
    if (error) return sim::Error{"bad serving key: " + error.message()};
    if (options_.is_repeatable) {
      SSL_CTX_set_num_tickets(tls.native_handle(), 0);
      SSL_CTX_set_options(tls.native_handle(), SSL_OP_NO_TICKET);
      SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
      if (!UseEvenKey(tls.native_handle(), serving.private_key_pem)) {
        return sim::Error{"bad serving key: not of an elliptic curve"};
      }
      UseEvenHello(tls.native_handle());
    }
    // Without a context OpenSSL refuses to resume a session of a server that verifies its peers.
    static constexpr unsigned char kSessionContext[] = {'o', 'r', 'r', 'e', 'r', 'y'};
    SSL_CTX_set_session_id_context(tls.native_handle(), kSessionContext, sizeof kSessionContext);
    if (options_.client_authorities_pem.empty()) return {};
    tls.add_certificate_authority(asio::buffer(options_.client_authorities_pem), error);
    if (error) return sim::Error{"bad client certificate authority: " + error.message()};
    tls.set_verify_mode(asio::ssl::verify_peer);
    return {};
  }

  sim::Result<void> Listen() {
    error_code error;
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return sim::Error{"cannot listen on " + where + ": not an IP address"};
    acceptor_.emplace(core_->lanes().front()->io);
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
    IoLane& lane = *core_->lanes()[next_lane_];
    next_lane_ = (next_lane_ + 1) % core_->lanes().size();
    acceptor_->async_accept(lane.io, [this, &lane](error_code error, LaneSocketOf<tcp> socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) Begin(lane, std::move(socket));
      Accept();
    });
  }

  void Begin(IoLane& lane, LaneSocketOf<tcp> socket) {
    error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const auto peer = socket.remote_endpoint(error);
    const bool is_near = !error && peer.address().is_loopback();
    auto shared = std::make_shared<LaneSocket>(std::move(socket));
    asio::post(lane.io, [core = core_, &lane, shared, is_near] {
      RunConnection(core, lane, std::move(*shared), is_near);
    });
  }

  const HttpServerOptions options_;
  const std::shared_ptr<ServerCore> core_;
  std::uint16_t port_ = 0;
  std::size_t next_lane_ = 0;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<PolledLane> polled_;
};

}  // namespace

sim::Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                           HttpGateway& gateway) {
  auto server = std::make_unique<HttpServerImpl>(std::move(options), gateway);
  if (sim::Result<void> begun = server->Begin(); !begun.ok()) return begun.error();
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace apiserver
