// Addresses of this machine's own, 127.0.0.1 and ::1, and what sockets there say.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

namespace sim::virtual_process {

enum class LoopbackFamily : std::uint8_t { kV4, kV6 };

class Loopback {
 public:
  explicit Loopback(std::uint16_t port, LoopbackFamily family = LoopbackFamily::kV4);

  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_;
};

// 0 of other families.
std::uint16_t PortOf(const sockaddr& address);
// The port that the socket is bound to; 0 if none.
std::uint16_t BoundPortOf(int socket);

// A new stream socket, bound there; -1 and errno if it can't be. Port 0: any.
int BindLoopback(std::uint16_t port, LoopbackFamily family, int more_flags);

}  // namespace sim::virtual_process
