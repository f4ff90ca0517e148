// A stream of Beast's that counts what it reads and writes.
//
// Only for .cc files of this folder.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <limits>

#include "apiserver/http/server.h"

namespace apiserver {

// Counts bytes where Beast would limit them.
class CountingPolicy {
 public:
  explicit CountingPolicy(HttpActivity& activity) : activity_(&activity) {}

 private:
  friend class boost::beast::rate_policy_access;
  static std::size_t available_read_bytes() { return std::numeric_limits<std::size_t>::max(); }
  static std::size_t available_write_bytes() { return std::numeric_limits<std::size_t>::max(); }
  void transfer_read_bytes(std::size_t count) { activity_->bytes_read += count; }
  void transfer_write_bytes(std::size_t count) { activity_->bytes_written += count; }
  void on_timer() {}
  HttpActivity* activity_;
};
template <class Protocol, class Executor>
using CountedStreamOf = boost::beast::basic_stream<Protocol, Executor, CountingPolicy>;
using CountedStream = CountedStreamOf<boost::asio::ip::tcp, boost::asio::any_io_executor>;

}  // namespace apiserver
