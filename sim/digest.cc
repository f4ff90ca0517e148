#include "sim/digest.h"

#include <bit>
#include <cstring>

namespace sim {
namespace {

// Reads up to eight bytes as a little-endian number on any machine.
std::uint64_t Word(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes, count);
  } else {
    for (std::size_t index = 0; index < count; ++index) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[index])) << (8 * index);
    }
  }
  return word;
}

}  // namespace

void Digest::Add(std::string_view text) {
  Add(text.size());
  const char* bytes = text.data();
  std::size_t left = text.size();
  for (; left >= 8; bytes += 8, left -= 8) Add(Word(bytes, 8));
  if (left > 0) Add(Word(bytes, left));
}

std::string Digest::Hex() const {
  return Hex64(Mix(low_, kSecond)) + Hex64(Mix(high_, low_ ^ kThird));
}

std::uint64_t StableHash(std::string_view text) {
  Digest digest;
  digest.Add(text);
  return digest.value();
}

std::string Hex64(std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int index = 15; index >= 0; --index, number >>= 4) text[index] = kDigits[number & 15];
  return text;
}

}  // namespace sim
