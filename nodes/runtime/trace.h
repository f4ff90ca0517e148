// What a container does from its start, worked out beforehand: when it prints what, when and how it
// ends.
//
// Invariants:
// (1) Prints are in the order of time; a loop repeats those from loop_from on, every loop_period,
// for ever. (2) A trace with a loop has no end. Times are since the container started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/time.h"

namespace nodes {

struct TracePrint {
  enum class Kind : std::uint8_t { kText, kDate };  // kDate prints the time as `date` does
  sim::Duration after{};
  Kind kind = Kind::kText;
  std::string text;
};

struct ContainerTrace {
  std::vector<TracePrint> prints;
  std::optional<sim::Duration> end;  // nullopt: runs until it is stopped
  int exit_code = 0;
  std::string exit_reason;               // "" is Completed or Error, by the exit code
  std::optional<std::size_t> loop_from;  // index into prints where the loop's body begins
  sim::Duration loop_period{};           // longer than 0 when there is a loop
};

}  // namespace nodes
