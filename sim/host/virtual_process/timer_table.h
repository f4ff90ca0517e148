// Timers that run on virtual time: what is due, how often it has fired, and when it fires next.
//
// Pure. Times are the program's monotonic clock, in nanoseconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/host/virtual_process/clock_page.h"

namespace sim::virtual_process {

struct VirtualTimer {
  enum class Kind : std::uint8_t { kFile, kPosix, kInterval } kind = Kind::kFile;
  int process = 0;
  std::int64_t number = 0;  // The program's: of POSIX timers, or which interval timer.
  int clock = 0;            // As given by the program.
  std::int64_t deadline = kNever;
  std::int64_t interval = 0;  // 0: once.
  std::int64_t overruns = 0;  // Beyond the first, at the last expiry.
  int file = -1;              // Our copy of a timer's file.
  int signal = 0;
  int thread = 0;           // Whom the signal is for; 0 for the process.
  std::uint64_t value = 0;  // What the signal brings.
};

struct Expiry {
  std::int64_t count = 0;
  std::int64_t next = kNever;
  bool operator==(const Expiry&) const = default;
};
// How often a timer has fired by `now`.
Expiry ExpiryAt(std::int64_t deadline, std::int64_t interval, std::int64_t now);

class TimerTable {
 public:
  using Id = std::int64_t;
  Id Add(VirtualTimer timer);
  void Remove(Id id) { timers_.erase(id); }
  // Null if there is none.
  VirtualTimer* Find(VirtualTimer::Kind kind, int process, std::int64_t number, Id* id = nullptr);
  std::map<Id, VirtualTimer>& all() { return timers_; }
  std::int64_t NextDeadline() const;

  struct Fired {
    Id id;
    std::int64_t count;
  };
  // Moves all that are due at `now` on to their next deadline.
  std::vector<Fired> TakeDue(std::int64_t now);

 private:
  Id last_id_ = 0;
  std::map<Id, VirtualTimer> timers_;
};

}  // namespace sim::virtual_process
