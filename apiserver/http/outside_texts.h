// What went wrong with a call outside, in the words of Go's net, crypto/tls and net/http, which
// clients and tests of clusters know.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "apiserver/ports/outside_caller.h"

namespace apiserver {

// `Post "https://..."`: what stands in front of every error of a call.
std::string OutsideRequestText(const OutsideCall& call);

// "connection refused" and its kind.
std::string GoSystemError(const boost::system::error_code& error);

// "dial tcp 127.0.0.1:1: connect: connection refused".
std::string DialErrorText(const std::string& endpoint, const boost::system::error_code& error);
// "dial tcp: lookup HOST: no such host".
std::string LookupErrorText(const std::string& host, const boost::system::error_code& error);
// "read tcp LOCAL->REMOTE: read: connection reset by peer", "EOF". `operation` is "read" or
// "write".
std::string TransferErrorText(const std::string& operation,
                              const boost::asio::ip::tcp::socket& socket,
                              const boost::system::error_code& error);
// Of a handshake that failed: "remote error: tls: bad certificate", "EOF", ...
std::string HandshakeErrorText(const boost::asio::ip::tcp::socket& socket,
                               const boost::system::error_code& error);

}  // namespace apiserver
