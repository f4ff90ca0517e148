// What is changed in a program between exec and its first instruction: the vDSO's functions, the
// clock page, the random bytes that the kernel gives.
#pragma once

#include <linux/seccomp.h>

#include <functional>

#include "sim/host/virtual_process/tree.h"

namespace sim::virtual_process {

// Requires: `thread` is stopped in exec. Calls of other threads that come meanwhile go to `stray`.
// False if the clock page could not be mapped: then the program makes calls to read the clock.
bool PrepareImage(Tree& tree, Thread& thread,
                  const std::function<void(const seccomp_notif&)>& stray);

// The page, and the descriptor behind it and the code. Null if the system refuses.
ClockPage* MakeClockPage(int& file);

}  // namespace sim::virtual_process
