#include "sim/random.h"

#include <bit>

#include "sim/digest.h"

namespace sim {
namespace {

constexpr std::string_view kNameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

std::uint64_t StreamSeed(std::uint64_t seed, std::uint64_t incarnation, std::string_view name) {
  Digest digest;
  digest.Add(seed);
  digest.Add(incarnation);
  digest.Add(name);
  return digest.value();
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

Random::Random(std::uint64_t seed, std::uint64_t incarnation, std::string_view name)
    : Random(StreamSeed(seed, incarnation, name)) {}

std::uint64_t Random::Next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::Below(std::uint64_t bound) {
  SIM_CHECK(bound > 0);
  // Numbers under the threshold would make the first (2^64 mod bound) values likelier.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t number = Next();
  while (number < threshold) number = Next();
  return number % bound;
}

std::int64_t Random::Uniform(std::int64_t low, std::int64_t high) {
  SIM_CHECK(low <= high);
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  // The whole range of 64 bits has a span of 2^64, which `bound` cannot hold.
  const std::uint64_t offset = span == UINT64_MAX ? Next() : Below(span + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

bool Random::Bernoulli(std::uint64_t numerator, std::uint64_t denominator) {
  SIM_CHECK(denominator > 0 && numerator <= denominator);
  return Below(denominator) < numerator;
}

std::string Random::Bytes(std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  while (bytes.size() < count) {
    std::uint64_t number = Next();
    for (int index = 0; index < 8 && bytes.size() < count; ++index, number >>= 8) {
      bytes.push_back(static_cast<char>(number & 0xff));
    }
  }
  return bytes;
}

std::string Random::Name(std::size_t length) {
  std::string name(length, 'b');
  for (char& letter : name) letter = kNameAlphabet[Below(kNameAlphabet.size())];
  return name;
}

std::string Random::Uuid() {
  // Version 4 in the 13th digit, variant 10 in the top bits of the 17th (RFC 9562).
  const std::string high = Hex64((Next() & ~std::uint64_t{0xf000}) | 0x4000);
  const std::string low = Hex64((Next() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62));
  return high.substr(0, 8) + "-" + high.substr(8, 4) + "-" + high.substr(12) + "-" +
         low.substr(0, 4) + "-" + low.substr(4);
}

}  // namespace sim
