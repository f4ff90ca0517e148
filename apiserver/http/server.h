// The HTTPS server: listens, and runs connections on its own I/O threads.
//
// Invariants:
// (1) I/O threads own no cluster state: they decode, encode, compress and write; everything else is
// the gateway's. (2) A connection lives on one thread; its requests are answered in the order in
// which they came. (3) No byte that shows a revision is written before HttpGateway::WhenDurable
// says so. (4) Replies may be called, or dropped, after the server: they then do nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "apiserver/http/certificates.h"
#include "apiserver/http/gateway.h"
#include "sim/result.h"
#include "sim/rounds.h"
#include "sim/socket_loop.h"

namespace apiserver {

struct HttpLimits {
  std::uint32_t header_bytes_max = 1 << 20;        // as Go's net/http
  std::uint64_t body_bytes_max = 3 * 1024 * 1024;  // as kube-apiserver
  int connections_max = 4096;
  std::chrono::seconds handshake_timeout{10};
  std::chrono::seconds idle_timeout{300};  // between requests
  std::chrono::seconds read_timeout{60};   // from the first byte of a request to its last
  std::chrono::seconds write_timeout{60};  // without progress
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 6443;  // 0: any free one
  int threads = 1;            // 0: whoever made it attends to sockets()
  KeyPair serving{};
  std::string client_authorities_pem{};  // whose client certificates count; "" for none
  HttpLimits limits{};
  // How many bytes a client reads does not depend on chance or on how fast the machine is:
  // handshakes are the same (even_hello.h, even_key.h), parts are never joined, sessions are not
  // resumed, for tickets hold the machine's time, and there are no time-outs.
  bool is_repeatable = false;
};

// Whether bytes are under way, for those who must know when a client can be quiet (sim/rounds.h).
// Any thread reads.
struct HttpActivity {
  std::atomic<int> busy{
      0};  // handshakes, half-read requests, answers and stream parts not yet written
  std::atomic<std::uint64_t> moves{0};  // grows whenever one of them begins or ends
  // Of all connections so far, below TLS.
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_written{0};
  // Connections that are closed, or about to be.
  std::atomic<std::uint64_t> ends{0};
};

class HttpServer {
 public:
  // Binds and starts to serve. Errors: the port is in use, the address or a PEM text is bad.
  static sim::Result<std::unique_ptr<HttpServer>> Start(HttpServerOptions options,
                                                        HttpGateway& gateway);
  // Ends all connections and joins the threads.
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
  virtual const HttpActivity& activity() const = 0;
  // Keeps all answers and stream parts in while a round is executed. The kernel's thread.
  virtual sim::ReleaseGate& release_gate() = 0;
  // Null if it has threads of its own.
  virtual sim::SocketLoop* sockets() = 0;
  // A connection from within this process: the client's end, which does not block and is the
  // caller's to close; what is written there can be read by the server at once, and the reverse. -1
  // if no descriptor is left. Requires: the caller attends to sockets().
  virtual int Connect() = 0;
};

}  // namespace apiserver
