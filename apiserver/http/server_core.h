// What the server and its connections share. Threads: as in io_core.h.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "apiserver/http/io_core.h"
#include "apiserver/http/server.h"

namespace apiserver {

struct ServerCore final : IoCore {
  ServerCore(const HttpLimits& given_limits, HttpGateway& given_gateway, std::size_t lane_count)
      : IoCore(lane_count, static_cast<std::size_t>(given_limits.connections_max)),
        limits(given_limits),
        gateway(given_gateway),
        tls(boost::asio::ssl::context::tls_server) {}

  const HttpLimits limits;
  HttpGateway& gateway;  // not touched once stopped
  HttpActivity activity;
  boost::asio::ssl::context tls;
};

}  // namespace apiserver
