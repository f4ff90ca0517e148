// SIM_CHECK: "we are wrong" ends the process, in every build, with the expression and where the run
// was.
#pragma once

#include <string_view>

namespace sim {

// Prints the failed expression, and what SetCheckContext gave (seed, journal position), then
// aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression,
                              std::string_view detail);

// What every failed check prints beside the expression: set by whoever runs a kernel.
// `context` is called at most once, on the failing thread.
void SetCheckContext(void (*context)(void* argument), void* argument);

}  // namespace sim

#define SIM_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::sim::CheckFailed(__FILE__, __LINE__, #expression, {}))
#define SIM_CHECK_MSG(expression, detail) \
  ((expression) ? static_cast<void>(0)    \
                : ::sim::CheckFailed(__FILE__, __LINE__, #expression, (detail)))
