// Random numbers that are the same on every machine: own generator, own integer distributions.
//
// Everything random comes from a named stream of the kernel (Kernel::Stream), so that a new user of
// one stream does not move the numbers of another.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sim/check.h"

namespace sim {

// xoshiro256** (Blackman and Vigna, https://prng.di.unimi.it), its state filled by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  // The stream `name` of one run: another seed, incarnation or name is another sequence.
  Random(std::uint64_t seed, std::uint64_t incarnation, std::string_view name);

  std::uint64_t Next();

  // Both ends included, every value equally likely. Requires: low <= high.
  std::int64_t Uniform(std::int64_t low, std::int64_t high);

  // True in `numerator` of `denominator` cases. Requires: 0 < denominator, numerator <=
  // denominator.
  bool Bernoulli(std::uint64_t numerator, std::uint64_t denominator);

  std::string Bytes(std::size_t count);

  // Letters and digits of Kubernetes' generated names: no vowels and no digits that look like
  // letters.
  std::string Name(std::size_t length);

  // A version 4 UUID, as metadata.uid has it.
  std::string Uuid();

  // Puts a random-access container in a random order (Fisher-Yates).
  template <class Container>
  void Shuffle(Container& values) {
    for (std::size_t count = values.size(); count > 1; --count) {
      using std::swap;
      swap(values[count - 1], values[Below(count)]);
    }
  }

 private:
  // In [0, bound). Requires: bound > 0.
  std::uint64_t Below(std::uint64_t bound);

  std::array<std::uint64_t, 4> state_;
};

}  // namespace sim
