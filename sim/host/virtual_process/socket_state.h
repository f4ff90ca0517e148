// How far a TCP socket of the program is: on a busy machine loopback takes a while, so what one end
// has sent is not at the other yet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/host/virtual_process/loopback.h"

namespace sim::virtual_process {

struct SocketState {
  std::uint64_t sent = 0;        // Bytes, in its life, whether they have left or not.
  std::uint64_t unread = 0;      // Bytes.
  bool has_ended = false;        // It sends no more.
  bool is_peer_heard_of = true;  // The connection is made, and its peer sends more.
  bool is_holding_back = false;  // It may wait with what it is given until it gets more.
};

// kSent: all but what is unread, which takes another call.
enum class SocketQuestion : std::uint8_t { kAll, kSent };
// Nothing if it is no TCP socket.
std::optional<SocketState> StateOfSocket(int socket, SocketQuestion question);

// What nobody has read of a TCP socket, in bytes; 0 if it is none.
std::uint64_t UnreadOf(int socket);

// Which end of a connection over loopback.
struct SocketPlace {
  std::uint16_t port = 0;
  std::uint16_t peer_port = 0;
  LoopbackFamily family = LoopbackFamily::kV4;
};

// Asks the system for sockets by their ports: also for those that nobody has accepted yet, that the
// program has closed, or that it has under a number that is not known.
class SocketSearch {
 public:
  using States = std::vector<std::optional<SocketState>>;
  SocketSearch();
  ~SocketSearch();
  SocketSearch(const SocketSearch&) = delete;

  // Nothing if there is no such socket, or if this system can't be asked.
  std::optional<SocketState> Find(const SocketPlace& place) { return FindAll({place}).front(); }
  // Of each place, with few calls for all of them.
  States FindAll(const std::vector<SocketPlace>& places);

 private:
  int file_;
};

}  // namespace sim::virtual_process
