// The machine's clocks and randomness: read here and nowhere else.
#pragma once

#include <cstdint>
#include <string>

#include "sim/pacing.h"
#include "sim/time.h"

namespace sim {

// CLOCK_MONOTONIC: only differences mean anything.
WallTime SteadyNow();

// CLOCK_REALTIME: where `serve` begins.
Time SystemNow();

// From the system's generator: for seeds that nobody gave, and private keys. Ends the process if it
// has none.
std::string SystemRandomBytes(std::size_t count);
std::uint64_t SystemRandomSeed();

}  // namespace sim
