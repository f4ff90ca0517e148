// One TLS connection: reads requests, hands them to the gateway, writes answers and streams.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

#include "apiserver/http/server_core.h"

namespace apiserver {

// Of a lane: each step of a socket whose executor can be any costs an allocation.
template <class Protocol>
using LaneSocketOf =
    boost::asio::basic_stream_socket<Protocol, boost::asio::io_context::executor_type>;
// Of TCP, or of this process.
using LaneSocket = LaneSocketOf<boost::asio::generic::stream_protocol>;

// Runs a connection on the thread of `lane`, which is the caller, until it ends. `is_near`: its
// client is on this machine.
void RunConnection(std::shared_ptr<ServerCore> core, IoLane& lane, LaneSocket socket, bool is_near);

}  // namespace apiserver
