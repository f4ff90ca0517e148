// The part of Relay that stands before the program's own ports.
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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
// What a system gives those who ask for any port (RFC 6335).
constexpr std::uint16_t kFirstChosenPort = 49152;
constexpr std::uint64_t kChosenPorts = 65536 - kFirstChosenPort;
constexpr int kBacklog = 128;

}  // namespace

int Relay::Reserve(std::uint16_t shown_port, LoopbackFamily family) {
  const std::pair key(shown_port, family);
  if (const auto found = own_listeners_.find(key); found != own_listeners_.end()) {
    if (IsListening(found->second.port)) return EADDRINUSE;
    // Of one that has ended, or closed it.
    close(found->second.file);
    own_listeners_.erase(found);
  }
  const int file = BindLoopback(shown_port, family, SOCK_NONBLOCK);
  if (file < 0) return errno;
  own_listeners_[key] = {.file = file};
  return 0;
}

bool Relay::IsTaken(std::uint16_t shown_port, const std::vector<LoopbackFamily>& families) const {
  return std::any_of(families.begin(), families.end(), [&](LoopbackFamily family) {
    const auto found = own_listeners_.find({shown_port, family});
    return found != own_listeners_.end() && IsListening(found->second.port);
  });
}

// What was bound and never listened is forgotten when its number comes round again.
std::uint16_t Relay::ReserveAny(const std::vector<LoopbackFamily>& families) {
  for (std::uint64_t tries = 0; tries < kChosenPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(kFirstChosenPort + chosen_++ % kChosenPorts);
    if (IsTaken(port, families)) continue;
    for (const LoopbackFamily family : families) {
      OwnListener& own = own_listeners_[{port, family}];
      if (own.file >= 0) close(own.file);
      own = {};
    }
    return port;
  }
  return 0;
}

std::uint16_t Relay::TakeCallerPort() {
  return static_cast<std::uint16_t>(kFirstCallerPort + called_++ % kCallerPorts);
}

void Relay::Lead(std::uint16_t shown_port, LoopbackFamily family, std::uint16_t port) {
  const auto found = own_listeners_.find({shown_port, family});
  if (found != own_listeners_.end()) found->second.port = port;
}

int Relay::Listen(std::uint16_t port) {
  for (auto& [shown, own] : own_listeners_) {
    if (port == 0 || own.port != port) continue;
    if (own.file < 0) own.file = BindLoopback(shown.first, shown.second, SOCK_NONBLOCK);
    if (own.file < 0) continue;  // Of one that was chosen: nobody outside calls it.
    if (listen(own.file, kBacklog) != 0) return errno;
    if (std::exchange(own.is_listening, true)) continue;
    epoll_event event{};
    event.events = EPOLLIN;
    epoll_ctl(files_, EPOLL_CTL_ADD, own.file, &event);
  }
  return 0;
}

std::uint16_t Relay::OwnPort(std::uint16_t shown_port, LoopbackFamily family) const {
  const auto found = own_listeners_.find({shown_port, family});
  return found == own_listeners_.end() ? std::uint16_t{0} : found->second.port;
}

std::uint16_t Relay::ShownOwnPort(std::uint16_t port) const {
  for (const auto& [shown, own] : own_listeners_) {
    if (port != 0 && own.port == port) return shown.first;
  }
  return 0;
}

void Relay::AcceptCallers() {
  for (const auto& [shown, own] : own_listeners_) {
    while (own.is_listening) {
      const int accepted = accept4(own.file, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (accepted < 0) break;
      TakeCaller(accepted, own.port, shown.second);
    }
  }
}

void Relay::TakeCaller(int accepted, std::uint16_t own_port, LoopbackFamily family) {
  Pair pair;
  pair.caller = accepted;
  pair.own_port = own_port;
  pair.family = family;
  const std::uint64_t number = kFirstCaller + callers_++;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  epoll_ctl(files_, EPOLL_CTL_ADD, pair.caller, &event);
  pairs_[number] = std::move(pair);
}

// The program hears of a caller with his first bytes.
void Relay::Call(Pair& pair) {
  int made = BindLoopback(TakeCallerPort(), pair.family, 0);
  // Taken by somebody else: any port does.
  if (made < 0) made = BindLoopback(0, pair.family, 0);
  if (made < 0) return;
  const Loopback address(pair.own_port, pair.family);
  if (connect(made, address.generic(), address.size()) == 0) {
    fcntl(made, F_SETFL, fcntl(made, F_GETFL) | O_NONBLOCK);
    pair.program = made;
    pair.caller_port = BoundPortOf(made);
    return;
  }
  // Nobody listens there any more.
  close(made);
  pair.down.clear();
  pair.granted = 0;
  pair.has_program_ended = true;
  pair.has_peer_ended = true;
  for (auto at = own_listeners_.begin(); at != own_listeners_.end();) {
    if (at->second.port == pair.own_port) close(at->second.file);
    at = at->second.port == pair.own_port ? own_listeners_.erase(at) : std::next(at);
  }
}

}  // namespace sim::virtual_process
