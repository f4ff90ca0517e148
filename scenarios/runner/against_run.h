// A changed program against a recorded world: everything but the program comes from the recording,
// and each of its requests has to be the next that the recording has of it.
//
// Invariants:
// (1) The world is the recorded one up to the first request that differs; then the run ends.
// (2) A program on virtual time makes its requests when it made them, give or take
// kAgainstTimeTolerance; one in real time makes them in any order, times aside.
// Threads: the kernel's only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/language/scenario.h"
#include "sim/journal.h"

namespace scenarios {

// A program that reads its clock once more than it did is later by as many nanoseconds.
inline constexpr sim::Duration kAgainstTimeTolerance = std::chrono::milliseconds(1);
// How long a request of a program in real time may be overdue.
inline constexpr sim::Duration kAgainstPatience = std::chrono::seconds(10);

struct AgainstDifference {
  sim::Time time{};
  std::string recorded;              // the request, with its time, or what there is instead
  std::string now;                   // the same of the changed program
  std::vector<std::string> details;  // where the two differ
};

struct AgainstOutcome {
  std::optional<AgainstDifference> difference;
  std::uint64_t request_count = 0;  // that were the same
  sim::Time ended{};
  std::string digest;               // at the end, if nothing differed
  std::string cut;                  // why the recording ends early, or ""
  std::vector<std::string> output;  // the last lines of the program
};

// Runs `scenario.programs[place]`, whose command is the changed one. Errors: the world refused, the
// recording is damaged or of another build.
sim::Result<AgainstOutcome> RunAgainst(const Scenario& scenario, sim::JournalReader& recording,
                                       std::uint32_t place);

}  // namespace scenarios
