// The system's table of sockets: who listens.
#include "sim/host/port_scan.h"

#include <gtest/gtest.h>

namespace sim {
namespace {

constexpr char kTable[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    "   0: 0100007F:480C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0\n"
    "   2: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0\n";

TEST(PortScanTest, FindsListenersOnly) {
  EXPECT_TRUE(HasListener(kTable, 18444));
  EXPECT_TRUE(HasListener(kTable, 443));
  EXPECT_FALSE(HasListener(kTable, 8080)) << "a connection is no listener";
  EXPECT_FALSE(HasListener(kTable, 54321));
  EXPECT_FALSE(HasListener("", 0));
}

}  // namespace
}  // namespace sim
