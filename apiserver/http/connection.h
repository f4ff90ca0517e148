// One TLS connection: reads requests, hands them to the gateway, writes answers and streams.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "apiserver/http/server_core.h"

namespace apiserver {

// Of a lane: each step of a socket whose executor can be any costs an allocation.
using LaneSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// Runs a connection on the thread of `lane`, which is the caller, until it ends.
void RunConnection(std::shared_ptr<ServerCore> core, IoLane& lane, LaneSocket socket);

}  // namespace apiserver
