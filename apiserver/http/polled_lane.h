// A lane that has no thread: the kernel's thread runs it when it has nothing else to do.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "apiserver/http/io_core.h"
#include "sim/socket_loop.h"

namespace apiserver {

// Ends before the lane's context does.
class PolledLane final : public sim::SocketLoop {
 public:
  explicit PolledLane(IoLane& lane);

  void Poll() override;
  void Wait(int file, std::optional<sim::Duration> limit) override;

 private:
  boost::asio::io_context& io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::posix::stream_descriptor file_;
  bool is_watching_ = false;
};

}  // namespace apiserver
