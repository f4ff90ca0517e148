#include "scenarios/runner/virtual_wires.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace scenarios {
namespace {

using sim::virtual_process::Unread;
using sim::virtual_process::Wire;

constexpr int kReadyMax = 64;

}  // namespace

VirtualWires::VirtualWires(apiserver::HttpServer& server)
    : server_(server), files_(epoll_create1(EPOLL_CLOEXEC)) {}

VirtualWires::~VirtualWires() {
  for (const auto& [number, connection] : connections_) {
    if (connection.file >= 0) close(connection.file);
  }
  close(files_);
}

// One that can't be made has ended at once.
void VirtualWires::Open(std::uint64_t number) {
  Connection& connection = connections_[number];
  connection.file = server_.Connect();
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  if (connection.file >= 0) epoll_ctl(files_, EPOLL_CTL_ADD, connection.file, &event);
}

void VirtualWires::Take(std::vector<Wire> sent) {
  for (Wire& wire : sent) {
    if (!connections_.contains(wire.connection)) Open(wire.connection);
    Connection& connection = connections_.at(wire.connection);
    connection.has_program_ended = connection.has_program_ended || wire.is_end;
    connection.up += wire.bytes;
  }
}

void VirtualWires::EndAll() {
  for (auto& [number, connection] : connections_) connection.has_program_ended = true;
}

void VirtualWires::NoteUnread(const std::vector<Unread>& unread) {
  for (auto& [number, connection] : connections_) connection.unread = 0;
  for (const Unread& one : unread) {
    const auto found = connections_.find(one.connection);
    if (found != connections_.end()) found->second.unread = one.bytes;
  }
}

bool VirtualWires::Move() {
  bool has_moved = false;
  for (auto& [number, connection] : connections_) {
    if (SendUp(connection)) has_moved = true;
  }
  const std::uint64_t bytes = server_.activity().bytes_written.load();
  const std::uint64_t ends = server_.activity().ends.load();
  if (bytes == heard_bytes_ && ends == heard_ends_) return has_moved;
  if (ReadDown()) return true;
  const bool is_left = std::any_of(connections_.begin(), connections_.end(), [](const auto& entry) {
    return entry.second.down.size() >= kBufferedMax;
  });
  if (is_left) return has_moved;
  heard_bytes_ = bytes;
  heard_ends_ = ends;
  return has_moved;
}

bool VirtualWires::SendUp(Connection& connection) {
  std::size_t sent = 0;
  while (sent < connection.up.size()) {
    const ssize_t size = send(connection.file, connection.up.data() + sent,
                              connection.up.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    // Nobody reads it any more.
    if (size < 0) connection.up.clear();
    sent += static_cast<std::size_t>(std::max<ssize_t>(size, 0));
  }
  connection.up.erase(0, std::min(sent, connection.up.size()));
  const bool is_end =
      connection.has_program_ended && connection.up.empty() && !connection.is_end_sent;
  if (!is_end) return sent > 0;
  connection.is_end_sent = true;
  if (connection.file >= 0) shutdown(connection.file, SHUT_WR);
  return true;
}

bool VirtualWires::ReadDown() {
  bool has_moved = false;
  epoll_event events[kReadyMax];
  const int ready = epoll_wait(files_, events, kReadyMax, 0);
  for (int index = 0; index < ready; ++index) {
    if (ReadDown(connections_.at(events[index].data.u64))) has_moved = true;
  }
  return has_moved;
}

bool VirtualWires::ReadDown(Connection& connection) {
  char part[65536];
  bool has_moved = false;
  while (connection.file >= 0 && connection.down.size() < kBufferedMax) {
    const ssize_t got = recv(connection.file, part, sizeof part, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    has_moved = true;
    if (got > 0) {
      connection.down.append(part, static_cast<std::size_t>(got));
    } else {
      close(std::exchange(connection.file, -1));
    }
  }
  return has_moved;
}

bool VirtualWires::Connection::IsNews() const {
  return unread < kBufferedMax && (!down.empty() || (file < 0 && !is_end_told));
}

bool VirtualWires::has_news() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& entry) { return entry.second.IsNews(); });
}

std::vector<Wire> VirtualWires::TakeNews() {
  std::vector<Wire> news;
  for (auto at = connections_.begin(); at != connections_.end();) {
    Connection& connection = at->second;
    if (connection.IsNews()) {
      connection.is_end_told = connection.file < 0;
      news.push_back({at->first, std::exchange(connection.down, {}), connection.is_end_told});
    }
    const bool is_over = connection.is_end_told && connection.has_program_ended;
    at = is_over ? connections_.erase(at) : std::next(at);
  }
  return news;
}

}  // namespace scenarios
