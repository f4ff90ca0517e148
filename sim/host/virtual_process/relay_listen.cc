// The part of Relay that stands before the program's own ports.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "sim/host/port_scan.h"
#include "sim/host/virtual_process/relay.h"

namespace sim::virtual_process {
namespace {

// Callers are numbered apart from the connections that the program makes.
constexpr std::uint64_t kFirstCaller = 1ULL << 31;
// What the program sees as a caller's port, the same in every run where it is free.
constexpr std::uint16_t kFirstCallerPort = 20000;
constexpr std::uint64_t kCallerPorts = 10000;
constexpr int kBacklog = 128;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int BindLoopback(int socket, std::uint16_t port) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = Loopback(port);
  return bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace

int Relay::Reserve(std::uint16_t shown_port) {
  if (const auto found = own_listeners_.find(shown_port); found != own_listeners_.end()) {
    if (IsListening(found->second.port)) return EADDRINUSE;
    // Of one that has ended, or closed it.
    close(found->second.file);
    own_listeners_.erase(found);
  }
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0) return errno;
  if (BindLoopback(file, shown_port) != 0) {
    const int error = errno;
    close(file);
    return error;
  }
  own_listeners_[shown_port] = {.file = file};
  return 0;
}

void Relay::Lead(std::uint16_t shown_port, std::uint16_t port) {
  own_listeners_.at(shown_port).port = port;
}

int Relay::Listen(std::uint16_t shown_port) {
  OwnListener& own = own_listeners_.at(shown_port);
  if (listen(own.file, kBacklog) != 0) return errno;
  if (std::exchange(own.is_listening, true)) return 0;
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(files_, EPOLL_CTL_ADD, own.file, &event);
  return 0;
}

std::uint16_t Relay::OwnPort(std::uint16_t shown_port) const {
  const auto found = own_listeners_.find(shown_port);
  return found == own_listeners_.end() ? std::uint16_t{0} : found->second.port;
}

std::uint16_t Relay::ShownOwnPort(std::uint16_t port) const {
  for (const auto& [shown, own] : own_listeners_) {
    if (own.port == port) return shown;
  }
  return 0;
}

void Relay::AcceptCallers() {
  for (const auto& [shown, own] : own_listeners_) {
    while (own.is_listening) {
      const int accepted = accept4(own.file, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (accepted < 0) break;
      Pair pair;
      pair.server = accepted;
      pair.own_port = own.port;
      pair.is_lost = true;
      const std::uint64_t number = kFirstCaller + callers_++;
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = number;
      epoll_ctl(files_, EPOLL_CTL_ADD, pair.server, &event);
      pairs_[number] = std::move(pair);
    }
  }
}

// The program hears of a caller with his first bytes.
void Relay::Call(Pair& pair) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return;
  const auto port = static_cast<std::uint16_t>(kFirstCallerPort + called_ % kCallerPorts);
  ++called_;
  // Taken by somebody else: any port does.
  if (BindLoopback(made, port) != 0) errno = 0;
  const sockaddr_in address = Loopback(pair.own_port);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    fcntl(made, F_SETFL, fcntl(made, F_GETFL) | O_NONBLOCK);
    pair.program = made;
    return;
  }
  // Nobody listens there any more.
  close(made);
  pair.down.clear();
  pair.granted = 0;
  pair.has_program_ended = true;
  pair.has_server_ended = true;
  for (auto at = own_listeners_.begin(); at != own_listeners_.end();) {
    if (at->second.port == pair.own_port) close(at->second.file);
    at = at->second.port == pair.own_port ? own_listeners_.erase(at) : std::next(at);
  }
}

}  // namespace sim::virtual_process
