#include "sim/host/virtual_process/relay.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "sim/host/clock.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

constexpr std::uint16_t kFirstLocalPort = 40000;
// A program that wants more goes on with the next one's.
constexpr std::uint64_t kChosenPortsPerPlace = 64;
constexpr int kBacklog = 1024;
constexpr int kReadyMax = 64;
constexpr int kConnectedMax = 5000;  // Milliseconds.
// Where a socket can't be found: a descriptor that is gone may live on, and then no end comes.
constexpr int kEndMax = 20;  // Milliseconds.

void Prepare(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<std::unique_ptr<Relay>> Relay::Make(std::uint16_t shown_port, std::uint64_t place) {
  const int listener = BindLoopback(0, LoopbackFamily::kV4, SOCK_NONBLOCK);
  if (listener < 0 || listen(listener, kBacklog) != 0) {
    const int error = errno;
    if (listener >= 0) close(listener);
    return Error{std::string("cannot listen on loopback: ") + std::strerror(error)};
  }
  return std::unique_ptr<Relay>(new Relay(listener, BoundPortOf(listener), shown_port, place));
}

Relay::Relay(int listener, std::uint16_t port, std::uint16_t shown_port, std::uint64_t place)
    : listener_(listener),
      files_(epoll_create1(EPOLL_CLOEXEC)),
      port_(port),
      shown_port_(shown_port),
      chosen_(place * kChosenPortsPerPlace) {}

Relay::~Relay() {
  for (auto& [number, pair] : pairs_) Close(pair);
  for (const auto& [port, own] : own_listeners_) close(own.file);
  close(listener_);
  close(files_);
}

void Relay::Accept(int pidfd, int file, int socket) {
  const std::uint16_t own_port = BoundPortOf(socket);
  const WallTime begun = SteadyNow();
  for (bool is_here = false; !is_here && SteadyNow() - begun < kArrivalMax;) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const int accepted =
        accept4(listener_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0) {
      sched_yield();
      continue;
    }
    TakeConnection(pidfd, file, accepted, ntohs(peer.sin_port));
    is_here = ntohs(peer.sin_port) == own_port;
  }
  // The program's end knows it, too.
  pollfd connected{socket, POLLOUT, 0};
  poll(&connected, 1, kConnectedMax);
}

void Relay::TakeConnection(int pidfd, int file, int accepted, std::uint16_t peer_port) {
  Pair pair;
  pair.program = accepted;
  Prepare(pair.program);
  pair.pidfd = pidfd < 0 ? -1 : fcntl(pidfd, F_DUPFD_CLOEXEC, 0);
  pair.program_file = file;
  pair.local_port = peer_port;
  pair.shown_local_port = static_cast<std::uint16_t>(kFirstLocalPort + connections_ % 20000);
  pairs_[++connections_] = std::move(pair);
}

std::uint16_t Relay::ShownLocalPort(std::uint16_t port) const {
  for (const auto& [number, pair] : pairs_) {
    if (pair.local_port == port && pair.program >= 0) return pair.shown_local_port;
  }
  return 0;
}

bool Relay::PumpUp(bool has_run) {
  // Whether anything was sent is asked before what: the next question is about what comes later.
  const bool has_sent = has_run && (traffic_.HasMoved() || is_holding_back_);
  const bool may_have_sent = has_sent || !is_all_taken_;
  const bool is_moved = may_have_sent && TakeAll();
  for (auto& [number, pair] : pairs_) {
    if (!pair.up.empty() || pair.has_program_ended) SendUp(number, pair);
  }
  Sweep();
  return is_moved;
}

bool Relay::TakeAll() {
  bool is_moved = false;
  is_all_taken_ = true;
  std::vector<SocketPlace> places;
  for (auto& [number, pair] : pairs_) {
    if (pair.has_program_ended || pair.program < 0) continue;
    pair.side = CopiedSide(pair, SocketQuestion::kSent);
    if (!pair.side) places.push_back(PlaceOf(pair));
  }
  const auto found = places.empty() ? SocketSearch::States() : search_.FindAll(places);
  auto next = found.begin();
  for (auto& [number, pair] : pairs_) {
    if (!pair.has_program_ended && pair.program >= 0) {
      if (!pair.side) pair.side = *next++;
      const bool is_still = pair.side && !HasMore(pair, *pair.side);
      if (!is_still && ReadUp(number, pair)) is_moved = true;
      const bool is_known = pair.side && (pair.has_program_ended || pair.taken >= pair.side->sent);
      // Once more, for what it keeps back without a word over loopback.
      if (!is_known || pair.side->is_holding_back) is_all_taken_ = false;
    }
  }
  return is_moved;
}

bool Relay::ReadUp(std::uint64_t number, Pair& pair) {
  bool is_moved = false;
  char part[65536];
  std::optional<WallTime> begun;
  while (!pair.has_program_ended) {
    const ssize_t got = recv(pair.program, part, sizeof part, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      if (!IsUnderWay(pair)) break;
      if (!begun) begun = SteadyNow();
      if (SteadyNow() - *begun > kArrivalMax) break;
      continue;
    }
    is_moved = true;
    if (got <= 0) {
      pair.has_program_ended = true;
      moved_.emplace_back(number, 0);
      break;
    }
    pair.up.append(part, static_cast<std::size_t>(got));
    pair.taken += static_cast<std::uint64_t>(got);
    moved_.emplace_back(number, static_cast<std::size_t>(got));
    // All that it had sent when it was looked at, as it rests: mostly so.
    if (pair.side && !pair.side->has_ended && pair.taken == pair.side->sent) break;
  }
  return is_moved;
}

void Relay::SendUp(std::uint64_t number, Pair& pair) {
  if (pair.own_port != 0) return SendToCaller(pair);
  if (pair.is_end_sent) return;
  pair.is_end_sent = pair.has_program_ended;
  wires_.push_back({number, std::exchange(pair.up, {}), pair.has_program_ended});
}

void Relay::SendToCaller(Pair& pair) {
  std::size_t sent = 0;
  while (pair.caller >= 0 && sent < pair.up.size()) {
    const ssize_t size =
        send(pair.caller, pair.up.data() + sent, pair.up.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) pair.up.clear();
    if (size < 0) break;
    sent += static_cast<std::size_t>(size);
  }
  pair.up.erase(0, std::min(sent, pair.up.size()));
  const bool is_end = pair.has_program_ended && pair.up.empty() && pair.caller >= 0;
  if (is_end && !std::exchange(pair.is_end_sent, true)) shutdown(pair.caller, SHUT_WR);
}

void Relay::PumpDown() {
  AcceptCallers();
  epoll_event events[kReadyMax];
  const int ready = epoll_wait(files_, events, kReadyMax, 0);
  std::set<std::uint64_t> numbers;
  for (int index = 0; index < ready; ++index) numbers.insert(events[index].data.u64);
  char part[65536];
  for (auto& [number, pair] : pairs_) {
    if (pair.own_port == 0) continue;
    if (!pair.up.empty()) SendToCaller(pair);
    // There may be more of them than we were told.
    if (ready < kReadyMax && !numbers.contains(number)) continue;
    while (!pair.has_peer_ended && pair.down.size() < kBufferedMax) {
      const ssize_t got = recv(pair.caller, part, sizeof part, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) break;
      if (got <= 0) {
        pair.has_peer_ended = true;
        epoll_ctl(files_, EPOLL_CTL_DEL, pair.caller, nullptr);
        break;
      }
      pair.down.append(part, static_cast<std::size_t>(got));
    }
  }
  Sweep();
}

int Relay::CopyOf(const Pair& pair) {
  const int copy = pair.pidfd < 0 ? -1 : CopyFile(pair.pidfd, pair.program_file);
  if (copy < 0) return -1;
  // Numbers of descriptors are used again: the port tells whether it is still the same.
  if (BoundPortOf(copy) == pair.local_port) return copy;
  close(copy);
  return -1;
}

SocketPlace Relay::PlaceOf(const Pair& pair) const {
  if (pair.own_port != 0) return {pair.own_port, pair.caller_port, pair.family};
  return {pair.local_port, port_, LoopbackFamily::kV4};
}

// Cheaper than the search, where the descriptor is still what it was.
std::optional<SocketState> Relay::CopiedSide(const Pair& pair, SocketQuestion question) {
  const int copy = pair.own_port != 0 ? -1 : CopyOf(pair);
  if (copy < 0) return std::nullopt;
  const auto state = StateOfSocket(copy, question);
  close(copy);
  return state;
}

std::optional<SocketState> Relay::ProgramSide(const Pair& pair) {
  const auto side = CopiedSide(pair, SocketQuestion::kAll);
  return side ? side : search_.Find(PlaceOf(pair));
}

bool Relay::HasMore(const Pair& pair, const SocketState& side) {
  return side.sent > pair.taken || side.has_ended;
}

bool Relay::IsUnderWay(Pair& pair) {
  if (pair.is_lost) return false;
  const auto side = ProgramSide(pair);
  if (side) {
    if (!HasMore(pair, *side)) return false;
    sched_yield();
    return true;
  }
  pollfd end{pair.program, POLLIN, 0};
  pair.is_lost = poll(&end, 1, kEndMax) <= 0;
  return !pair.is_lost;
}

void Relay::Close(Pair& pair) {
  if (pair.program >= 0) close(pair.program);
  if (pair.caller >= 0) close(pair.caller);
  if (pair.pidfd >= 0) close(pair.pidfd);
  pair.pidfd = -1;
  pair.program = -1;
  pair.caller = -1;
}

// Both ends are done with it.
void Relay::Sweep() {
  for (auto at = pairs_.begin(); at != pairs_.end();) {
    Pair& pair = at->second;
    // The end is told as all else is: when it is granted, and awaited.
    const bool is_told = pair.is_end_delivered || pair.program < 0;
    const bool is_over =
        pair.has_program_ended && pair.up.empty() && pair.has_peer_ended && is_told;
    if (is_over) Close(pair);
    at = is_over ? pairs_.erase(at) : std::next(at);
  }
}

}  // namespace sim::virtual_process
