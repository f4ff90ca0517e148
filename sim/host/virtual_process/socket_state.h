// How far a TCP socket of the program is: on a busy machine loopback takes a while, so what one end
// has sent is not at the other yet.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/host/virtual_process/loopback.h"

namespace sim::virtual_process {

struct SocketState {
  std::uint64_t sent = 0;        // Bytes, in its life, whether they have left or not.
  std::uint64_t unread = 0;      // Bytes.
  bool has_ended = false;        // It sends no more.
  bool is_peer_heard_of = true;  // The connection is made, and its peer sends more.
};

// Nothing if it is no TCP socket.
std::optional<SocketState> StateOfSocket(int socket);

// Asks the system for sockets by their ports: also for those that nobody has accepted yet, that the
// program has closed, or that it has under a number that is not known.
class SocketSearch {
 public:
  SocketSearch();
  ~SocketSearch();
  SocketSearch(const SocketSearch&) = delete;

  // The end of a connection over loopback that is at `port`. Nothing if there is none, or if this
  // system can't be asked.
  std::optional<SocketState> Find(std::uint16_t port, std::uint16_t peer_port,
                                  LoopbackFamily family);

 private:
  int file_;
};

}  // namespace sim::virtual_process
