#include "sim/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace sim {
namespace {

TEST(Random, StaysAsItIs) {
  // Scenarios with a seed keep their history only while these stay.
  Random random(1, 0, "pods");
  EXPECT_EQ(random.Name(5), "tncx4");
  EXPECT_EQ(random.Uuid(), "4b2603fd-1ff3-4485-9482-c03026f36604");
  EXPECT_EQ(random.Uniform(0, 1'000'000), 542'161);
}

TEST(Random, StreamsDiffer) {
  std::set<std::uint64_t> seen;
  for (const std::uint64_t seed : {0, 1}) {
    for (const std::uint64_t incarnation : {0, 1}) {
      for (const char* name : {"", "a", "b", "ab"}) {
        EXPECT_TRUE(seen.insert(Random(seed, incarnation, name).Next()).second);
      }
    }
  }
}

TEST(Random, UniformHitsEveryValueAboutAsOften) {
  Random random(3);
  std::map<std::int64_t, int> counts;
  for (int draw = 0; draw < 70'000; ++draw) ++counts[random.Uniform(-3, 3)];
  ASSERT_EQ(counts.size(), 7u);
  for (const auto& [value, count] : counts) EXPECT_NEAR(count, 10'000, 500) << value;
}

TEST(Random, UniformTakesExtremes) {
  Random random(3);
  EXPECT_EQ(random.Uniform(5, 5), 5);
  EXPECT_EQ(random.Uniform(INT64_MAX, INT64_MAX), INT64_MAX);
  bool has_negative = false;
  for (int draw = 0; draw < 100; ++draw) has_negative |= random.Uniform(INT64_MIN, INT64_MAX) < 0;
  EXPECT_TRUE(has_negative);
}

TEST(Random, BernoulliKeepsItsOdds) {
  Random random(4);
  int hits = 0;
  for (int draw = 0; draw < 30'000; ++draw) hits += random.Bernoulli(1, 3);
  EXPECT_NEAR(hits, 10'000, 500);
  EXPECT_FALSE(random.Bernoulli(0, 1));
  EXPECT_TRUE(random.Bernoulli(1, 1));
}

TEST(Random, ShuffleKeepsTheElements) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  const std::vector<int> sorted = values;
  Random(5).Shuffle(values);
  EXPECT_NE(values, sorted);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, sorted);
}

TEST(Random, UuidsAreVersionFour) {
  Random random(6);
  for (int draw = 0; draw < 100; ++draw) {
    const std::string uuid = random.Uuid();
    ASSERT_EQ(uuid.size(), 36u);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    for (const std::size_t dash : {8, 13, 18, 23}) EXPECT_EQ(uuid[dash], '-');
  }
}

TEST(Random, BytesHaveTheirCount) {
  Random random(7);
  for (const std::size_t count : {0, 1, 7, 8, 9, 100}) EXPECT_EQ(random.Bytes(count).size(), count);
}

}  // namespace
}  // namespace sim
