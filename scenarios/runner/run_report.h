// What a run of a scenario left behind, as values that the reports print.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/language/program_facts.h"
#include "sim/time.h"

namespace scenarios {

struct StepReport {
  std::string kind;
  std::string title;
  int line = 1;
  sim::Time began{};
  sim::Time ended{};
};

struct ProgramReport {
  std::string name;
  std::vector<OutputLine> output;  // its last lines
  std::string exit_text;           // "" while it ran
  std::uint64_t request_count = 0;
  std::string account{};  // NAMESPACE/NAME as whom it acted; "": as the administrator
  std::int64_t restart_count = 0;
  // If asked for: the smallest roles it used, as lines of YAML, and what it was refused.
  std::vector<std::string> roles{};
  std::vector<std::string> refused{};
};

struct RunFailure {
  std::string place;    // "file:line", or the file
  std::string message;  // the expectation
  sim::Time time{};
  std::vector<std::string> found{};        // what was there instead
  std::string object{};                    // "default/web", or ""
  std::vector<std::string> api_events{};   // Kubernetes Events around it
  std::vector<std::string> last_events{};  // kernel events around it
  std::vector<std::string> output{};       // of programs
};

struct RunReport {
  std::string file;
  std::string name;
  std::uint64_t seed = 0;
  sim::Time began{};
  sim::Time ended{};
  sim::Duration wall{};
  std::string digest;
  bool has_outside = false;
  bool has_real_time = false;  // Of them some run in real time: live runs may differ.
  std::vector<StepReport> steps;
  std::vector<ProgramReport> programs{};
  std::optional<RunFailure> failure;
  // Repetitions of one run had other digests.
  int run_count = 1;  // Of this seed, all reported here: the first, and whether others differed.
  bool has_differed = false;
  std::vector<std::string> parting{};  // where they parted
  std::vector<std::string> history{};  // of this run, if it was to be kept

  bool has_passed() const { return !failure && !has_differed; }
};

}  // namespace scenarios
