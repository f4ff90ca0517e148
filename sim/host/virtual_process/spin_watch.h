// Tells a thread that spins for another from one that computes: a loop that gets nowhere comes back
// to the very same registers, one that gets on counts something in them.
//
// The top of its stack is compared as well: code that was not optimised counts there.
// Pure. A thread that spins may be stopped wherever it is: it makes no difference to what it does.
#pragma once

#include <sys/user.h>

#include <array>
#include <cstdint>
#include <vector>

namespace sim::virtual_process {

struct SpinState {
  user_regs_struct registers{};
  std::array<std::uint64_t, 32> stack{};
};

class SpinWatch {
 public:
  // CPU time of a turn before it is looked at, and how often it is at most.
  static constexpr std::int64_t kBegin = 2'000'000;
  static constexpr std::size_t kSamplesMax = 100;
  static constexpr int kSame = 3;

  // CPU time between two looks: on a busy machine one that was looked at may not have run since.
  static constexpr std::int64_t kBetween = 500'000;

  // A new turn has begun.
  void Reset() {
    samples_.clear();
    next_look_ = kBegin;
    between_ = kBetween;
  }
  // It was in a call, which begins again for our looking if it is a fork: that must come to its
  // end.
  void Postpone() { between_ *= 2; }
  // Of a thread that has used so much CPU time in its turn. If true it must be looked at now.
  bool WantsSample(std::int64_t used);
  // True if it spins: seen kSame times in one state.
  bool Add(SpinState state);

 private:
  std::vector<SpinState> samples_;
  std::int64_t next_look_ = kBegin;
  std::int64_t between_ = kBetween;
};

}  // namespace sim::virtual_process
