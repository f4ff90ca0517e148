// One TLS connection: reads requests, hands them to the gateway, writes answers and streams.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "apiserver/http/server_core.h"

namespace apiserver {

// Runs a connection on the thread of `lane`, which is the caller, until it ends.
void RunConnection(std::shared_ptr<ServerCore> core, IoLane& lane,
                   boost::asio::ip::tcp::socket socket);

}  // namespace apiserver
