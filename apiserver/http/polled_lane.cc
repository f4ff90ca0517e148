#include "apiserver/http/polled_lane.h"

#include <fcntl.h>

#include "sim/check.h"

namespace apiserver {

PolledLane::PolledLane(IoLane& lane)
    : io_(lane.io), work_(boost::asio::make_work_guard(lane.io)), file_(lane.io) {
  lane.is_polled = true;
}

void PolledLane::Poll() { io_.poll(); }

void PolledLane::Wait(int file, std::optional<sim::Duration> limit) {
  if (!file_.is_open()) {
    const int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
    SIM_CHECK_MSG(copy >= 0, "no descriptor is left");
    file_.assign(copy);
  }
  if (!is_watching_) {
    is_watching_ = true;
    file_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       // We may be gone where it is not readable but closed.
                       if (!error) is_watching_ = false;
                     });
  }
  limit ? io_.run_one_for(*limit) : io_.run_one();
}

}  // namespace apiserver
