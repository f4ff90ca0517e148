#include "scenarios/runner/history.h"

#include <gtest/gtest.h>

namespace scenarios {
namespace {

using Lines = std::vector<std::string>;

TEST(History, EqualRunsPartNowhere) {
  EXPECT_TRUE(DescribeParting({"a", "b"}, {"a", "b"}).empty());
  EXPECT_TRUE(DescribeParting({}, {}).empty());
}

TEST(History, ShowsBothSidesOfAParting) {
  EXPECT_EQ(DescribeParting({"1", "2", "3", "4", "x", "y"}, {"1", "2", "3", "4", "z"}),
            (Lines{"both:  2", "both:  3", "both:  4", "first: x", "first: y", "later: z"}));
}

TEST(History, ARunThatEndedEarlierSaysSo) {
  EXPECT_EQ(DescribeParting({"1"}, {"1", "2"}),
            (Lines{"both:  1", "first: (the run has ended)", "later: 2"}));
}

TEST(History, InputsThatDifferOnlyAtTheirEndDiffer) {
  History one;
  History other;
  const std::string begin(1000, 'x');
  one.OnInput("request.receive", begin + "a");
  other.OnInput("request.receive", begin + "b");
  EXPECT_NE(one.TakeLines(), other.TakeLines());
}

}  // namespace
}  // namespace scenarios
