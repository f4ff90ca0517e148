// Who wants to see what the kernel does (reports, progress, tests) without changing it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/event_queue.h"
#include "sim/time.h"

namespace sim {

// One kernel event that ran.
struct EventRecord {
  std::uint64_t position = 0;  // The how-manieth kernel event, from 1.
  EventOrder order;
  std::string_view name;
  std::string key;
};

class Observer {
 public:
  virtual ~Observer() = default;
  // Before the event runs. Schedules nothing.
  virtual void OnEvent(const EventRecord& event) { static_cast<void>(event); }
  virtual void OnInput(std::string_view kind, std::string_view bytes) {
    static_cast<void>(kind);
    static_cast<void>(bytes);
  }
  virtual void OnTimeMoved(Time now) { static_cast<void>(now); }
};

// Where the kernel's inputs are kept: the recording.
class InputSink {
 public:
  virtual ~InputSink() = default;
  // `position` kernel events had run when the input was taken, at virtual time `time`.
  virtual void Append(std::uint64_t position, Time time, std::string_view kind,
                      std::string_view bytes) = 0;
};

}  // namespace sim
