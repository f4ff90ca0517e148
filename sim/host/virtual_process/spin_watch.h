// Tells a thread that spins for another from one that computes: a loop that gets nowhere comes back
// to the very same registers, one that gets on counts something in them.
//
// Pure. A thread that spins may be stopped wherever it is: it makes no difference to what it does.
#pragma once

#include <sys/user.h>

#include <cstdint>
#include <vector>

namespace sim::virtual_process {

class SpinWatch {
 public:
  // CPU time of a turn before it is looked at, and how often it is at most.
  static constexpr std::int64_t kBegin = 2'000'000;
  static constexpr std::size_t kSamplesMax = 100;
  static constexpr int kSame = 3;

  // A new turn has begun.
  void Reset() { samples_.clear(); }
  bool wants_sample() const { return samples_.size() < kSamplesMax; }
  // True if it spins: seen kSame times in one state.
  bool Add(const user_regs_struct& registers);

 private:
  std::vector<user_regs_struct> samples_;
};

}  // namespace sim::virtual_process
