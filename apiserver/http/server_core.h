// What the server and its connections share. Threads: as in io_core.h.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "apiserver/http/io_core.h"
#include "apiserver/http/server.h"
#include "apiserver/http/stream_parts.h"

namespace apiserver {

struct ServerCore final : IoCore {
  ServerCore(const HttpServerOptions& options, HttpGateway& given_gateway, std::size_t lane_count)
      : IoCore(lane_count, static_cast<std::size_t>(options.limits.connections_max)),
        limits(options.limits),
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
