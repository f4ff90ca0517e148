#include "sim/host/virtual_process/loopback.h"

#include <errno.h>
#include <unistd.h>

namespace sim::virtual_process {

Loopback::Loopback(std::uint16_t port, LoopbackFamily family) {
  if (family == LoopbackFamily::kV6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage_);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    size_ = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage_);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(port);
    size_ = sizeof v4;
  }
}

std::uint16_t PortOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.sa_family != AF_INET6) return 0;
  return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

std::uint16_t BoundPortOf(int socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  auto* generic = reinterpret_cast<sockaddr*>(&own);
  return getsockname(socket, generic, &size) == 0 ? PortOf(*generic) : std::uint16_t{0};
}

int BindLoopback(std::uint16_t port, LoopbackFamily family, int more_flags) {
  const Loopback address(port, family);
  const int made = socket(address.generic()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | more_flags, 0);
  if (made < 0) return -1;
  const int yes = 1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(made, address.generic(), address.size()) == 0) return made;
  const int error = errno;
  close(made);
  errno = error;
  return -1;
}

}  // namespace sim::virtual_process
