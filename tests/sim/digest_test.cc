#include "sim/digest.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace sim {
namespace {

std::string HexOf(const std::vector<std::string>& texts) {
  Digest digest;
  for (const std::string& text : texts) digest.Add(text);
  return digest.Hex();
}

TEST(Digest, DiffersForSequencesThatDiffer) {
  const std::vector<std::vector<std::string>> sequences = {
      {},
      {""},
      {"", ""},
      {"a"},
      {"b"},
      {"ab"},
      {"a", "b"},
      {"", "ab"},
      {"ab", ""},
      {std::string(1, '\0')},
      {"12345678"},
      {"123456789"},
      {"12345678", "9"},
      {std::string(8, '\0')},
      {std::string(9, '\0')},
  };
  std::set<std::string> seen;
  for (const auto& sequence : sequences) EXPECT_TRUE(seen.insert(HexOf(sequence)).second);
}

TEST(Digest, StaysAsItIs) {
  // Recordings carry digests: a change here breaks every one of them.
  EXPECT_EQ(HexOf({"orrery", "turns"}), "02954ce44776df95456e96db12268ca6");
  EXPECT_EQ(Hex64(StableHash("orrery")), "adc1eb587b270e65");
}

TEST(Digest, NumbersDoNotCollide) {
  std::set<std::string> seen;
  for (std::uint64_t first = 0; first < 40; ++first) {
    for (std::uint64_t second = 0; second < 40; ++second) {
      Digest digest;
      digest.Add(first);
      digest.Add(second << 32);
      EXPECT_TRUE(seen.insert(digest.Hex()).second);
    }
  }
}

TEST(Hex64, PadsToSixteen) {
  EXPECT_EQ(Hex64(0), "0000000000000000");
  EXPECT_EQ(Hex64(0xfedcba9876543210), "fedcba9876543210");
}

}  // namespace
}  // namespace sim
