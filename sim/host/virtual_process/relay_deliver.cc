// The part of Relay that leads to the program what the server and its callers have sent.
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sim/host/clock.h"
#include "sim/host/virtual_process/relay.h"

namespace sim::virtual_process {

void Relay::Receive(std::vector<Wire> wires) {
  for (Wire& wire : wires) {
    const auto found = pairs_.find(wire.connection);
    if (found == pairs_.end()) continue;
    Pair& pair = found->second;
    pair.down.empty() ? pair.down.swap(wire.bytes) : static_cast<void>(pair.down += wire.bytes);
    pair.has_peer_ended = pair.has_peer_ended || wire.is_end;
  }
}

std::vector<Unread> Relay::unread() const {
  std::vector<Unread> found;
  for (const auto& [number, pair] : pairs_) {
    if (pair.own_port == 0 && !pair.down.empty()) found.push_back({number, pair.down.size()});
  }
  return found;
}

void Relay::AwaitEnd(const Pair& pair) {
  const WallTime begun = SteadyNow();
  while (SteadyNow() - begun < kArrivalMax) {
    const auto side = ProgramSide(pair);
    if (!side || !side->is_peer_heard_of) return;
    sched_yield();
  }
}

void Relay::AwaitArrival(const Pair& pair, int copy, std::size_t size) {
  // Mostly it is there.
  if (copy >= 0 && UnreadOf(copy) >= size) return;
  const WallTime begun = SteadyNow();
  while (SteadyNow() - begun < kArrivalMax) {
    const auto side = ProgramSide(pair);
    if (!side || side->unread >= size || side->has_ended) return;
    sched_yield();
  }
}

void Relay::Grant() {
  for (auto& [number, pair] : pairs_) {
    pair.granted = pair.down.size();
    pair.is_end_granted = pair.has_peer_ended;
  }
}

bool Relay::Deliver(bool is_alone) {
  bool is_delivered = false;
  for (auto& [number, pair] : pairs_) {
    const bool is_waiting = pair.granted > 0 || (pair.is_end_granted && !pair.is_end_delivered);
    if (is_waiting && pair.own_port != 0 && pair.program < 0) Call(pair);
    if (pair.program < 0 || !is_waiting) continue;
    if (DeliverTo(number, pair)) is_delivered = true;
  }
  // So that it is not taken for the program's.
  if (is_delivered && is_alone) traffic_.HasMoved();
  Sweep();
  return is_delivered;
}

bool Relay::HasUnread(const Pair& pair, int copy) {
  if (copy >= 0) return UnreadOf(copy) > 0;
  const auto side = search_.Find(PlaceOf(pair));
  return side && side->unread > 0;
}

bool Relay::DeliverTo(std::uint64_t number, Pair& pair) {
  const int copy = pair.own_port != 0 ? -1 : CopyOf(pair);
  const bool is_delivered = !HasUnread(pair, copy) && DeliverTo(number, pair, copy);
  if (copy >= 0) close(copy);
  return is_delivered;
}

bool Relay::DeliverTo(std::uint64_t number, Pair& pair, int copy) {
  bool is_delivered = false;
  const std::size_t size = std::min(pair.granted, kDeliveredMax);
  const ssize_t sent = size == 0 ? 0 : send(pair.program, pair.down.data(), size, MSG_NOSIGNAL);
  if (sent > 0) {
    pair.down.erase(0, static_cast<std::size_t>(sent));
    pair.granted -= static_cast<std::size_t>(sent);
    AwaitArrival(pair, copy, static_cast<std::size_t>(sent));
    moved_.emplace_back(number, static_cast<std::size_t>(sent));
    is_delivered = true;
  } else if (sent < 0 && errno != EAGAIN) {
    // Nobody reads it any more.
    pair.down.clear();
    pair.granted = 0;
  }
  if (pair.granted == 0 && pair.down.empty() && pair.is_end_granted && !pair.is_end_delivered) {
    shutdown(pair.program, SHUT_WR);
    AwaitEnd(pair);
    pair.is_end_delivered = true;
    moved_.emplace_back(number, 0);
    is_delivered = true;
  }
  return is_delivered;
}

bool Relay::has_undelivered() const {
  return std::any_of(pairs_.begin(), pairs_.end(), [](const auto& entry) {
    const Pair& pair = entry.second;
    return pair.down.size() > pair.granted || (pair.has_peer_ended && !pair.is_end_granted);
  });
}

}  // namespace sim::virtual_process
