// What `orrery run` prints for people: one line per run, and why it failed.
#pragma once

#include <string>

#include "scenarios/runner/run_report.h"

namespace scenarios {

// Ends with a newline. Colours only when asked.
std::string TextReport(const RunReport& report, bool has_color);

// The command that does the same again.
std::string ReproducingCommand(const RunReport& report);

}  // namespace scenarios
