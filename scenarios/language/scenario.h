// A scenario file, version 1: read once, run under many seeds.
//
// Invariant: a Scenario that was read holds everything it needs; no file is opened later, but by
// programs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/cluster_spec.h"
#include "scenarios/language/problems.h"
#include "scenarios/language/program_spec.h"
#include "scenarios/language/read_context.h"
#include "scenarios/language/step.h"
#include "scenarios/language/values.h"

namespace scenarios {

// The refusal that a step expects.
struct ExpectedRefusal {
  std::string reason;
  std::string message;  // that it contains
};

struct ScenarioStep {
  std::string kind;
  std::string title;  // its `name`, or in a few words what it does
  int line = 1;
  std::optional<Moment> at;
  std::optional<ExpectedRefusal> fails;
  std::shared_ptr<const Step> step;
};

struct Scenario {
  std::string file;  // as named on the command line
  std::string name;
  std::string description;
  ClusterSpec cluster;
  std::vector<ProgramSpec> programs;
  std::vector<ScenarioStep> steps;
  // The scenario itself and its manifests, as a recording keeps them.
  std::vector<std::pair<std::string, std::string>> files;

  // Whether anything outside of the process takes part.
  bool has_outside = false;
  bool has_real_time = false;  // Some of these do not run on virtual time.
};

// What a scenario may name.
struct ScenarioNames {
  std::vector<std::string> machines;
  std::vector<std::string> controllers;
};

sim::Result<Scenario, std::vector<Problem>> ReadScenario(const std::string& file,
                                                         const std::string& text,
                                                         FileReader read_file,
                                                         const ScenarioNames& names);

// The cluster part of a scenario file, for `serve --cluster`.
sim::Result<ClusterSpec, std::vector<Problem>> ReadClusterFile(const std::string& file,
                                                               const std::string& text,
                                                               const ScenarioNames& names);

// The JSON Schema of scenario files.
apiserver::Value ScenarioSchema();

}  // namespace scenarios
