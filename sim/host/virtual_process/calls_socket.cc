// Sockets: connections to the API server lead to the relay, under names that are the same in every
// run.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/relay.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// Fixed, so that the kernel does not tune them by time.
constexpr int kSocketBufferBytes = 212992;

union Address {
  sockaddr generic;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

void SetPort(Address& address, std::uint16_t port) {
  if (address.generic.sa_family == AF_INET) address.v4.sin_port = htons(port);
  if (address.generic.sa_family == AF_INET6) address.v6.sin6_port = htons(port);
}

bool IsLoopback(const Address& address) {
  if (address.generic.sa_family == AF_INET) {
    return (ntohl(address.v4.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  if (address.generic.sa_family != AF_INET6) return false;
  const in6_addr& v6 = address.v6.sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

// Requires: loopback.
LoopbackFamily FamilyOf(const Address& address) {
  const bool is_v6 =
      address.generic.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr);
  return is_v6 ? LoopbackFamily::kV6 : LoopbackFamily::kV4;
}

// The relay listens on 127.0.0.1 only.
void LeadToRelay(Address& address, std::uint16_t port) {
  SetPort(address, port);
  if (address.generic.sa_family == AF_INET) {
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return;
  }
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.v6.sin6_addr);
}

bool IsStream(int socket) {
  int kind = 0;
  socklen_t size = sizeof kind;
  return getsockopt(socket, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_STREAM;
}

bool IsForCallersHere(const Address& address) {
  if (address.generic.sa_family == AF_INET && address.v4.sin_addr.s_addr == INADDR_ANY) return true;
  if (address.generic.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address.v6.sin6_addr)) {
    return true;
  }
  return IsLoopback(address);
}

// By which callers reach a socket that is bound there. Requires: for callers here.
std::vector<LoopbackFamily> FamiliesOf(int socket, const Address& address) {
  if (address.generic.sa_family == AF_INET) return {LoopbackFamily::kV4};
  const in6_addr& v6 = address.v6.sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return {LoopbackFamily::kV4};
  int is_v6_only = 0;
  socklen_t size = sizeof is_v6_only;
  getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &is_v6_only, &size);
  if (is_v6_only != 0 || IN6_IS_ADDR_LOOPBACK(&v6)) return {LoopbackFamily::kV6};
  return {LoopbackFamily::kV4, LoopbackFamily::kV6};
}

int Reserve(Relay& relay, std::uint16_t port, const std::vector<LoopbackFamily>& families) {
  for (const LoopbackFamily family : families) {
    const int error = relay.Reserve(port, family);
    // On a machine without IPv6 nobody calls there.
    const bool is_needed = family == families.front() || error == EADDRINUSE;
    if (error != 0 && is_needed) return error;
  }
  return 0;
}

// A port of the program's own: the relay has it, and the program any other, which it never sees.
Outcome Bind(Tree& tree, Thread& thread, const Arguments& arguments) {
  Address address{};
  const std::size_t size = std::min<std::size_t>(arguments[2], sizeof address);
  if (!ReadMemory(thread.id, arguments[1], &address, size)) return Outcome::Continue();
  std::uint16_t port = PortOf(address.generic);
  if (!IsForCallersHere(address)) return Outcome::Continue();
  const int copy = tree.Copy(thread, arguments.Int(0));
  if (copy < 0) return Outcome::Fail(EBADF);
  Outcome outcome = Outcome::Continue();
  if (IsStream(copy)) {
    const std::vector<LoopbackFamily> families = FamiliesOf(copy, address);
    int error = 0;
    if (port != 0) {
      error = Reserve(*tree.relay, port, families);
    } else {
      port = tree.relay->ReserveAny(families);
    }
    SetPort(address, 0);
    const bool is_bound =
        error == 0 && bind(copy, &address.generic, static_cast<socklen_t>(size)) == 0;
    outcome = is_bound ? Outcome::Answer(0) : Outcome::Fail(error == 0 ? errno : error);
    for (const LoopbackFamily family : families) {
      if (is_bound) tree.relay->Lead(port, family, BoundPortOf(copy));
    }
  }
  close(copy);
  return outcome;
}

// Native, once callers can come.
Outcome Listen(Tree& tree, Thread& thread, const Arguments& arguments) {
  const int copy = tree.Copy(thread, arguments.Int(0));
  if (copy < 0) return Outcome::Continue();
  const std::uint16_t port = BoundPortOf(copy);
  // What is accepted inherits it: an answer that Nagle's algorithm keeps until the first part of it
  // is acknowledged, which takes the kernel up to 40 ms, would come when time has gone on.
  const int yes = 1;
  setsockopt(copy, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  close(copy);
  const int error = tree.relay->Listen(port);
  return error == 0 ? Outcome::Continue() : Outcome::Fail(error);
}

// From a port that is the same in every run, if nobody has it: whoever is called sees it.
Outcome CallItself(Tree& tree, int socket, const Address& own, socklen_t size) {
  if (BoundPortOf(socket) == 0) {
    Address any{};
    any.generic.sa_family = own.generic.sa_family;
    SetPort(any, tree.relay->TakeCallerPort());
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(socket, &any.generic, size) != 0) errno = 0;
  }
  return connect(socket, &own.generic, size) == 0 ? Outcome::Answer(0) : Outcome::Fail(errno);
}

Outcome Connect(Tree& tree, Thread& thread, const Arguments& arguments) {
  Address address{};
  const std::size_t size = std::min<std::size_t>(arguments[2], sizeof address);
  if (!ReadMemory(thread.id, arguments[1], &address, size)) return Outcome::Continue();
  const bool is_ours = IsLoopback(address) && PortOf(address.generic) == tree.relay->shown_port();
  const std::uint16_t own_port =
      IsLoopback(address) ? tree.relay->OwnPort(PortOf(address.generic), FamilyOf(address))
                          : std::uint16_t{0};
  if (!is_ours && own_port == 0) return Outcome::Continue();
  const int copy = tree.Copy(thread, arguments.Int(0));
  if (copy < 0) return Outcome::Fail(EBADF);
  if (!is_ours) {
    SetPort(address, own_port);
    const Outcome outcome = CallItself(tree, copy, address, static_cast<socklen_t>(size));
    close(copy);
    return outcome;
  }
  // What it writes is sent at once (relay.h).
  const int yes = 1;
  setsockopt(copy, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  for (const int option : {SO_RCVBUF, SO_SNDBUF}) {
    setsockopt(copy, SOL_SOCKET, option, &kSocketBufferBytes, sizeof kSocketBufferBytes);
  }
  LeadToRelay(address, tree.relay->port());
  const int result = connect(copy, &address.generic, static_cast<socklen_t>(size));
  const int error = errno;
  if (result == 0 || error == EINPROGRESS) {
    tree.relay->Accept(tree.ProcessOf(thread).pidfd, arguments.Int(0), copy);
  }
  close(copy);
  return result == 0 ? Outcome::Answer(0) : Outcome::Fail(error);
}

// A read or a write that blocks is held by the supervisor, which then knows how long.
Outcome SetTimeout(Tree& tree, Thread& thread, const Arguments& arguments) {
  const auto value = ReadValue<timeval>(thread.id, arguments[3]);
  if (!value || arguments[4] < sizeof(timeval)) return Outcome::Continue();
  const bool is_of_receiving =
      arguments.Int(2) == SO_RCVTIMEO_OLD || arguments.Int(2) == SO_RCVTIMEO_NEW;
  Process& process = tree.ProcessOf(thread);
  auto& timeouts = is_of_receiving ? process.receive_timeouts : process.send_timeouts;
  const std::int64_t span = value->tv_sec * kSecond + value->tv_usec * 1000;
  timeouts.erase(arguments.Int(0));
  if (span > 0) timeouts[arguments.Int(0)] = span;
  return Outcome::Answer(0);
}

Outcome GiveName(Tree& tree, Thread& thread, const Arguments& arguments) {
  const int copy = tree.Copy(thread, arguments.Int(0));
  if (copy < 0) return Outcome::Continue();
  Address peer{};
  Address own{};
  socklen_t peer_size = sizeof peer;
  socklen_t own_size = sizeof own;
  const bool is_bound = getsockname(copy, &own.generic, &own_size) == 0;
  const bool is_connected = is_bound && getpeername(copy, &peer.generic, &peer_size) == 0;
  close(copy);
  const bool is_peer = arguments.call() == SYS_getpeername;
  const std::uint16_t shown = tree.relay->ShownOwnPort(PortOf(own.generic));
  const std::uint16_t called = is_connected ? tree.relay->ShownOwnPort(PortOf(peer.generic)) : 0;
  if (shown != 0 || called != 0) {
    if ((is_peer ? called : shown) == 0) return Outcome::Continue();
    SetPort(is_peer ? peer : own, is_peer ? called : shown);
  } else {
    if (!is_connected || PortOf(peer.generic) != tree.relay->port() || !IsLoopback(peer)) {
      return Outcome::Continue();
    }
    const std::uint16_t local_port = tree.relay->ShownLocalPort(PortOf(own.generic));
    if (local_port == 0) return Outcome::Continue();
    SetPort(own, local_port);
    SetPort(peer, tree.relay->shown_port());
  }
  const Address& given = is_peer ? peer : own;
  const socklen_t size = is_peer ? peer_size : own_size;
  const auto room = ReadValue<socklen_t>(thread.id, arguments[2]);
  if (!room || !WriteMemory(thread.id, arguments[1], &given, std::min(*room, size)) ||
      !WriteMemory(thread.id, arguments[2], &size, sizeof size)) {
    return Outcome::Fail(EFAULT);
  }
  return Outcome::Answer(0);
}

// TCP_CORK, or a send with MSG_MORE.
bool HoldsBack(const Arguments& arguments) {
  switch (arguments.call()) {
    case SYS_setsockopt:
      return arguments.Int(1) == IPPROTO_TCP;
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
      return true;
    default:
      return false;
  }
}

}  // namespace

Outcome SocketCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() == SYS_setsockopt && arguments.Int(1) == SOL_SOCKET) {
    return SetTimeout(tree, thread, arguments);
  }
  if (tree.relay == nullptr) return Outcome::Continue();
  if (HoldsBack(arguments)) {
    tree.relay->NoteHoldingBack();
    return Outcome::Continue();
  }
  if (arguments.call() == SYS_bind) return Bind(tree, thread, arguments);
  if (arguments.call() == SYS_listen) return Listen(tree, thread, arguments);
  if (arguments.call() == SYS_connect) return Connect(tree, thread, arguments);
  return GiveName(tree, thread, arguments);
}

}  // namespace sim::virtual_process
