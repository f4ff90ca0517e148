// One live run of a scenario, with the programs it names, from its first event to its report.
#pragma once

#include <functional>
#include <string>

#include "scenarios/language/scenario.h"
#include "scenarios/runner/run_report.h"
#include "sim/result.h"

namespace scenarios {

struct ScenarioRunOptions {
  std::uint64_t seed = 0;
  bool keeps_history = false;
  bool collects_roles = false;  // reports the smallest roles that programs used
  std::string record;           // a file that must not exist, or ""
  // A directory for what the threads of programs on virtual time do, or "".
  std::string trails;
  // Told now and then how far the run is; may be empty.
  std::function<void(std::size_t step, sim::Time now)> progress;
};

inline constexpr char kBuildId[] = "orrery 0.1.0";

// Errors: the world refused (no free port, no such directory); the run itself fails in its report.
sim::Result<RunReport> RunScenario(const Scenario& scenario, const ScenarioRunOptions& options);

}  // namespace scenarios
