// Sockets that the kernel's thread attends to itself, for who goes on in turns with programs:
// another thread for them would only be woken and waited for.
//
// The kernel's thread only.
#pragma once

#include <optional>

#include "sim/time.h"

namespace sim {

class SocketLoop {
 public:
  virtual ~SocketLoop() = default;
  // Does what is to be done at the sockets, until nothing is left that needs no waiting.
  virtual void Poll() = 0;
  // Until there is something to do, which may have been done, or `file` is readable, or `limit` of
  // the machine's time is over. `file` is the same each time.
  virtual void Wait(int file, std::optional<Duration> limit) = 0;
};

}  // namespace sim
