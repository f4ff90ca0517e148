#include "sim/host/clock.h"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "sim/byte_codec.h"
#include "sim/check.h"

namespace sim {

WallTime SteadyNow() {
  return std::chrono::duration_cast<WallTime>(std::chrono::steady_clock::now().time_since_epoch());
}

Time SystemNow() {
  return Time(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

std::string SystemRandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got = getrandom(bytes.data() + used, count - used, 0);
    if (got < 0 && errno == EINTR) continue;
    SIM_CHECK_MSG(got > 0, "the system gives no random bytes");
    used += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::uint64_t SystemRandomSeed() {
  const std::string bytes = SystemRandomBytes(8);
  return ByteReader(bytes).U64();
}

}  // namespace sim
