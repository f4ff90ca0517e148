// Who carries calls outside on the wire: implemented by the HTTPS client (https_client.h), and by
// nobody in a replay.
//
// Threads: Send and Drop are the kernel's; answers come on any other thread.
#pragma once

#include <cstdint>
#include <functional>

#include "apiserver/ports/outside_caller.h"

namespace apiserver {

class OutsideEdge {
 public:
  using Answered = std::function<void(sim::Result<OutsideAnswer>)>;

  virtual ~OutsideEdge() = default;
  // `now` is the virtual time, by which certificates are valid or not. `answered` is called at most
  // once, and not at all for a call that was dropped.
  virtual void Send(std::uint64_t id, OutsideCall call, sim::Time now, Answered answered) = 0;
  virtual void Drop(std::uint64_t id) = 0;
};

}  // namespace apiserver
