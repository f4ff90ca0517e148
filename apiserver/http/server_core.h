// What the server and its connections share. Threads: as in io_core.h.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "apiserver/http/io_core.h"
#include "apiserver/http/server.h"
#include "apiserver/http/stream_parts.h"

namespace apiserver {

inline constexpr std::chrono::seconds kNoLimit = std::chrono::seconds::max();

// Nobody is given up in the machine's time.
inline HttpLimits Patient(HttpLimits limits) {
  limits.handshake_timeout = limits.idle_timeout = limits.read_timeout = limits.write_timeout =
      kNoLimit;
  return limits;
}

struct ServerCore final : IoCore {
  ServerCore(const HttpServerOptions& options, HttpGateway& given_gateway, std::size_t lane_count)
      : IoCore(lane_count, static_cast<std::size_t>(options.limits.connections_max)),
        limits(options.is_repeatable ? Patient(options.limits) : options.limits),
        joining(options.is_repeatable ? PartJoining::kNone : PartJoining::kAll),
        gateway(given_gateway),
        tls(boost::asio::ssl::context::tls_server) {}

  const HttpLimits limits;
  const PartJoining joining;
  HttpGateway& gateway;  // not touched once stopped
  HttpActivity activity;
  boost::asio::ssl::context tls;
};

}  // namespace apiserver
