// Which of several programs on virtual time runs next, and how far it may go. Pure.
//
// One runs at a time, so that what they do has one order. A program goes on by itself only up to
// the next thing that somebody else does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sim/time.h"

namespace sim {

struct VirtualProgramView {
  bool is_quiet = true;
  bool is_frozen = false;  // By a step of the scenario.
  bool has_news = false;   // Something from outside waits for it.
  std::optional<Time> deadline{};
};

struct VirtualTurn {
  enum class Kind : std::uint8_t {
    kWait,  // Until the one that runs is quiet.
    kRun,   // Program `index`, up to `until`.
    kNone,  // All wait for something after the next kernel event.
  } kind = Kind::kNone;
  std::size_t index = 0;
  Time until{};
  bool operator==(const VirtualTurn&) const = default;
};

// `next_due`: when the kernel has something to do. At one instant the kernel comes first.
VirtualTurn PlanTurn(std::span<const VirtualProgramView> programs, Time now,
                     std::optional<Time> next_due);

}  // namespace sim
