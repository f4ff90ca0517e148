#include "sim/callback.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace sim {
namespace {

TEST(Callback, RunsSmallAndLargeCaptures) {
  int sum = 0;
  std::array<int, 64> large{};
  large[63] = 5;
  Callback small = [&sum] { sum += 1; };
  Callback big = [&sum, large] { sum += large[63]; };
  small();
  big();
  small();
  EXPECT_EQ(sum, 7);
}

TEST(Callback, DestroysItsCaptureOnceAfterMoves) {
  const auto counted = std::make_shared<int>(0);
  for (const bool is_large : {false, true}) {
    SCOPED_TRACE(is_large);
    std::array<char, 200> padding{};
    Callback source = is_large ? Callback([counted, padding] { *counted += padding.size() > 0; })
                               : Callback([counted] { ++*counted; });
    EXPECT_EQ(counted.use_count(), 2);
    Callback target = std::move(source);
    EXPECT_FALSE(source);
    target();
    Callback other = [] {};
    other = std::move(target);
    other();
    EXPECT_EQ(counted.use_count(), 2);
    other = Callback();
    EXPECT_EQ(counted.use_count(), 1);
  }
  EXPECT_EQ(*counted, 4);
}

TEST(Callback, HoldsWhatOnlyMoves) {
  auto owned = std::make_unique<int>(3);
  int got = 0;
  Callback callback = [&got, owned = std::move(owned)] { got = *owned; };
  Callback moved = std::move(callback);
  moved();
  EXPECT_EQ(got, 3);
}

TEST(CallbackDeathTest, RefusesToRunEmpty) {
  Callback empty;
  EXPECT_DEATH(empty(), "check failed");
}

}  // namespace
}  // namespace sim
