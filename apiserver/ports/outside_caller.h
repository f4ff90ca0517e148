// How the API server calls programs outside: admission and conversion webhooks, aggregated APIs,
// scheduler extenders.
//
// Invariants:
// (1) A call is a pair of events, sent and answered. The answer is an input `outside.answer`, so a
// recording replays without the callee; whether and when the timeout comes is virtual time's
// matter. (2) Nothing of a call leaves before `shown_revision` is durable. (3) Destroying the task
// drops the call: its connection is closed, its answer goes nowhere. Errors are those of the world:
// one line, worded as Go's net/http words it, with method and URL in front: `Post
// "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`, `...:
// tls: failed to verify certificate: x509: certificate signed by unknown authority`,
// `...: context deadline exceeded`, `...: EOF`. An answer with any status is an answer.
// Threads: the kernel's.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/api/resource.h"
#include "sim/result.h"
#include "sim/task.h"
#include "sim/time.h"

namespace apiserver {

// Whom the caller believes, and who it says it is.
struct OutsideTls {
  std::string authorities_pem{};  // a caBundle; "" for the authorities of the system
  std::string server_name{};      // wanted in the certificate, and sent; "" for the URL's host
  bool skips_verification = false;
  std::string client_certificate_pem{};  // shown when the callee asks; "" for none
  std::string client_key_pem{};
};

struct OutsideCall {
  std::string key;  // what its events are about: the name of the webhook, the APIService, ...
  std::string method = "POST";
  // https://HOST[:PORT]/PATH[?QUERY], as error texts show it; http:// is for extenders. client-go
  // adds `timeout=10s` to the query of calls with a timeout: that is the caller's to do.
  std::string url;
  // HOST:PORT to connect to instead of the URL's: the endpoint behind a Service.
  std::string dial_address{};
  OutsideTls tls{};
  // Host, Content-Length, Connection and Accept-Encoding are made here.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  sim::Duration timeout{};  // zero: none
  // The newest revision that `body` can show.
  Revision shown_revision = 0;
};

struct OutsideAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers{};  // as they came
  std::string body{};
};

class OutsideCaller {
 public:
  // An answer beyond this is an error.
  static constexpr std::size_t kAnswerBytesMax = 64 << 20;

  virtual ~OutsideCaller() = default;
  // What `call` needs is in it: nothing of the caller's arena is kept.
  virtual sim::Task<sim::Result<OutsideAnswer>> Call(OutsideCall call) = 0;
};

}  // namespace apiserver
