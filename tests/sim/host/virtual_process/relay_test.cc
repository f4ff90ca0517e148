// Ports of a program's own: what a caller says comes when it was granted, and all of it.
#include "sim/host/virtual_process/relay.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sim::virtual_process {
namespace {

constexpr int kSoon = 5000;  // Milliseconds.

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// A socket on a port of its own.
struct Bound {
  Bound() {
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    bind(file, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  ~Bound() { close(file); }
  int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
};

bool IsReadable(int file, int milliseconds) {
  pollfd one{file, POLLIN, 0};
  return poll(&one, 1, milliseconds) > 0;
}

std::string Read(int file) {
  char bytes[64];
  const ssize_t got = IsReadable(file, kSoon) ? read(file, bytes, sizeof bytes) : 0;
  return {bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::uint16_t FreePort() { return Bound().port; }

TEST(Relay, ACallerIsHeardOnceThatIsGranted) {
  auto relay = std::move(Relay::Make(6443, FreePort())).value();
  const std::uint16_t shown = FreePort();
  const Bound program;
  ASSERT_EQ(relay->Reserve(shown), 0);
  relay->Lead(shown, program.port);
  ASSERT_EQ(listen(program.file, 8), 0);
  ASSERT_EQ(relay->Listen(shown), 0);
  EXPECT_EQ(relay->OwnPort(shown), program.port);
  EXPECT_EQ(relay->ShownOwnPort(program.port), shown);
  EXPECT_EQ(relay->Reserve(shown), EADDRINUSE);

  const Bound caller;
  const sockaddr_in address = Loopback(shown);
  ASSERT_EQ(connect(caller.file, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(write(caller.file, "hello", 5), 5);
  ASSERT_TRUE(IsReadable(relay->file(), kSoon));
  relay->PumpDown();
  while (!relay->has_undelivered()) relay->PumpDown();
  EXPECT_FALSE(relay->Deliver()) << "not granted";
  EXPECT_FALSE(IsReadable(program.file, 0));
  EXPECT_EQ(relay->bytes_received(), 0U) << "not of the server";

  relay->Grant();
  EXPECT_TRUE(relay->Deliver());
  const int accepted =
      IsReadable(program.file, kSoon) ? accept(program.file, nullptr, nullptr) : -1;
  EXPECT_EQ(Read(accepted), "hello");
  ASSERT_EQ(write(accepted, "yes", 3), 3);
  close(accepted);
  while (!IsReadable(caller.file, 0)) relay->PumpUp();
  EXPECT_EQ(Read(caller.file), "yes");
}

TEST(Relay, APortIsFreeAgainWhenNobodyListensThere) {
  auto relay = std::move(Relay::Make(6443, FreePort())).value();
  const std::uint16_t shown = FreePort();
  ASSERT_EQ(relay->Reserve(shown), 0);
  relay->Lead(shown, FreePort());
  EXPECT_EQ(relay->Reserve(shown), 0);
}

}  // namespace
}  // namespace sim::virtual_process
