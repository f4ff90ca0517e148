// The hashes that Kubernetes puts into names. Never used to order anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace apiserver {

// FNV-1a, 32 bit.
constexpr std::uint32_t Fnv1a32(std::string_view bytes, std::uint32_t hash = 2166136261u) {
  for (char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619u;
  }
  return hash;
}

// Maps each character into a set without vowels or look-alikes, so no word arises: names' random
// parts, pod-template-hash (of the decimal text of a hash).
std::string SafeEncodeString(std::string_view text);

// The characters of names' random suffixes, 27 of them.
inline constexpr std::string_view kSafeNameCharacters = "bcdfghjklmnpqrstvwxz2456789";

}  // namespace apiserver
