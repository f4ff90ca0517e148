#include "apiserver/bootstrap/bootstrap.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(FirstServiceAddress, IsOneAboveTheBase) {
  EXPECT_EQ(FirstServiceAddress("10.96.0.0/16"), "10.96.0.1");
  EXPECT_EQ(FirstServiceAddress("10.0.0.128/25"), "10.0.0.129");
  EXPECT_EQ(FirstServiceAddress("fd00::/108"), "fd00::1");
}

}  // namespace
}  // namespace apiserver
