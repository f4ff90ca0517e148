// The HTTPS client of calls outside (ports/outside_caller.h): its own I/O thread, a pool of
// kept-alive connections per callee, Go's rules of trust and Go's words for what went wrong.
//
// Invariants:
// (1) A call leaves when its revision is durable, and is sent once; only a call whose kept
// connection turned out to be closed before a byte of answer is sent again, on a new connection, as
// Go does.
// (2) Redirects are answers. Answers larger than OutsideCaller::kAnswerBytesMax, unpacked, are
// errors.
// (3) No real time limits a call but those of connecting and of the handshake: its timeout is the
// kernel's, which then drops it.
// Threads: as OutsideEdge says.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "apiserver/http/outside_edge.h"
#include "apiserver/http/server.h"

namespace apiserver {

struct HttpsClientLimits {
  std::size_t connections_max = 1024;
  std::size_t idle_per_callee_max = 64;
  std::size_t callees_max = 256;  // of which connections are kept
  std::size_t header_bytes_max = 1 << 20;
  std::chrono::seconds connect_timeout{30};    // as client-go
  std::chrono::seconds handshake_timeout{10};  // as Go's default transport
  std::chrono::seconds idle_timeout{90};       // as Go's default transport
  bool has_even_hello = false;                 // even_hello.h
};

struct ClientCore;

class HttpsClient final : public OutsideEdge {
 public:
  // Calls `ready` when what shows the revision may leave; from any thread.
  using Gate = std::function<void(Revision, std::function<void()> ready)>;

  // `gate` null: everything may always leave.
  explicit HttpsClient(Gate gate = {}, HttpsClientLimits limits = {});
  // Drops all calls, without answers.
  ~HttpsClient() override;

  void Send(std::uint64_t id, OutsideCall call, sim::Time now, Answered answered) override;
  void Drop(std::uint64_t id) override;

  // Busy while a call is on its way out or an answer half read; not while a callee works on one.
  const HttpActivity& activity() const;
  // Calls `done` on the I/O thread once that has looked at all its sockets and has done what they
  // had for it.
  void AfterPass(std::function<void()> done);

 private:
  const std::shared_ptr<ClientCore> core_;
};

}  // namespace apiserver
