#include "sim/host/virtual_process/spin_watch.h"

#include <algorithm>
#include <cstring>

namespace sim::virtual_process {

bool SpinWatch::WantsSample(std::int64_t used) {
  if (used < next_look_ || samples_.size() >= kSamplesMax) return false;
  next_look_ = used + between_;
  return true;
}

bool SpinWatch::Add(SpinState state) {
  // Whether it stopped by itself, not of what it does.
  constexpr unsigned long long kResumeFlag = 1 << 16;
  state.registers.eflags &= ~kResumeFlag;
  samples_.push_back(state);
  const auto count = std::count_if(samples_.begin(), samples_.end(), [&](const auto& sample) {
    return std::memcmp(&sample, &state, sizeof sample) == 0;
  });
  return count >= kSame;
}

}  // namespace sim::virtual_process
