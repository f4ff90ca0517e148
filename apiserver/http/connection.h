// One TLS connection: reads requests, hands them to the gateway, writes answers and streams.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>

#include "apiserver/http/server.h"

namespace apiserver {

// Runs a connection on `io` until it ends; `on_end` is called on that thread when its last
// reference goes.
void RunConnection(boost::asio::io_context& io, boost::asio::ip::tcp::socket socket,
                   boost::asio::ssl::context& tls, const HttpLimits& limits, HttpGateway& gateway,
                   HttpActivity& activity, std::function<void()> on_end);

}  // namespace apiserver
