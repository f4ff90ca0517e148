#include "sim/host/virtual_process/loopback_traffic.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace sim::virtual_process {
namespace {

// Two lines of headings and the beginning of the first device, which is loopback: with more the
// system counts for other devices, too.
constexpr std::size_t kBytes = 264;
// Its name, and how much it has received, which is what was sent.
constexpr std::size_t kCountBytesMin = 45;
constexpr std::string_view kName = "lo:";

}  // namespace

// The first costs less; a container may not have it.
LoopbackTraffic::LoopbackTraffic()
    : file_(open("/sys/class/net/lo/statistics/rx_packets", O_RDONLY | O_CLOEXEC)) {
  if (file_ >= 0) return;
  is_table_ = true;
  file_ = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
}

LoopbackTraffic::~LoopbackTraffic() {
  if (file_ >= 0) close(file_);
}

bool LoopbackTraffic::HasMoved() {
  char bytes[kBytes];
  const ssize_t size = file_ < 0 ? -1 : pread(file_, bytes, sizeof bytes, 0);
  if (size <= 0) return true;
  const std::string_view text(bytes, static_cast<std::size_t>(size));
  const std::size_t begin = is_table_ ? text.find(kName) : 0;
  if (begin == std::string_view::npos) return true;
  if (is_table_ && text.size() - begin < kCountBytesMin) return true;
  std::string counts(text.substr(begin));
  return std::exchange(last_, std::move(counts)) != last_;
}

}  // namespace sim::virtual_process
