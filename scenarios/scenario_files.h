// Scenarios on disk, and inside recordings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/scenario.h"

namespace scenarios {

// A file as it is. Errors name it.
sim::Result<std::string> ReadTextFile(const std::string& path);

// Manifests are looked up beside the scenario.
sim::Result<Scenario, std::vector<Problem>> ReadScenarioFile(const std::string& path,
                                                             const ScenarioNames& names);

// From the files of a recording: the scenario first.
sim::Result<Scenario, std::vector<Problem>> ReadRecordedScenario(
    const std::vector<std::pair<std::string, std::string>>& files, const ScenarioNames& names);

}  // namespace scenarios
