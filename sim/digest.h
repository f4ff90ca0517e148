// A running 128-bit hash, the same on every machine and in every build; not for security.
//
// Every value is framed (a number is one word, text is its length and then its bytes), so two
// different sequences of Add calls never feed the same words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

class Digest {
 public:
  void Add(std::uint64_t number) {
    low_ = Mix(low_ ^ number, kFirst);
    high_ = Mix(high_ + number, low_ | 1);
  }
  void Add(std::string_view text);

  // One number that stands for all that was added.
  std::uint64_t value() const { return Mix(low_ ^ kSecond, high_ ^ kThird); }
  // 32 hexadecimal digits.
  std::string Hex() const;

  bool operator==(const Digest&) const = default;

 private:
  // Odd constants with about as many ones as zeros: digits of pi.
  static constexpr std::uint64_t kFirst = 0x243f6a8885a308d3;
  static constexpr std::uint64_t kSecond = 0x13198a2e03707345;
  static constexpr std::uint64_t kThird = 0xa4093822299f31d1;

  // The two halves of the 128-bit product, folded; additions keep a zero factor from erasing the
  // state.
  static std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return (static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64)) + a +
           kThird;
  }

  std::uint64_t low_ = kSecond;
  std::uint64_t high_ = kThird;
};

// A stable hash of a text: for sharding, jitter and counting, wherever std::hash would differ
// between builds.
std::uint64_t StableHash(std::string_view text);

// 16 hexadecimal digits of `number`, lower case.
std::string Hex64(std::uint64_t number);

}  // namespace sim
