// Who runs next: one thread of a program at a time, in an order drawn from the seed.
//
// Pure. Seed 0 is first come, first served.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/random.h"

namespace sim::virtual_process {

class ThreadOrder {
 public:
  // `place`: several programs of one seed have orders of their own.
  explicit ThreadOrder(std::uint64_t seed, std::uint64_t place = 0)
      : is_drawn_(seed != 0), random_(seed, place, "program.threads") {}

  // `thread` waits for its turn, behind the others. Does nothing if it does already.
  void Add(int thread);
  void Remove(int thread);
  bool Contains(int thread) const;
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }

  // Takes the next one; nothing if none waits.
  std::optional<int> Take();

 private:
  bool is_drawn_;
  Random random_;
  std::vector<int> waiting_;
};

}  // namespace sim::virtual_process
