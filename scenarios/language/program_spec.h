// A program that a scenario attaches, or a command that one of its steps runs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/shape.h"
#include "sim/pacing.h"

namespace scenarios {

// What happens when a program ends by itself or is killed.
enum class RestartPolicy : std::uint8_t { kNever, kOnFailure, kAlways };

struct ProgramSpec {
  static constexpr std::uint32_t kProcessorsDefault = 4;
  static constexpr std::uint32_t kProcessorsMax = 63;

  std::string name{};
  std::vector<std::string> command{};
  std::vector<std::pair<std::string, std::string>> environment{};
  std::string directory{};        // relative to the scenario's; "" is that
  std::string service_account{};  // NAMESPACE/NAME as whom it acts; "": as the administrator
  bool is_virtual = true;         // Runs on virtual time; otherwise `pacing` counts.
  std::uint32_t processors = kProcessorsDefault;  // That it sees, on virtual time.
  sim::PacingMode pacing{};
  int line = 1;
  RestartPolicy restart = RestartPolicy::kNever;
  // A step expects how it ends; without one, its end fails the scenario.
  bool may_exit = false;

  // Ready when all hold.
  std::vector<std::string> ready_watches{};  // resources that it must watch
  std::string ready_log{};                   // a line of its output that contains this
  std::uint16_t ready_port = 0;              // on which something listens; 0 for none
  std::string ready_lease{};                 // NAMESPACE/NAME that it has taken
  sim::Duration ready_timeout = std::chrono::seconds(60);
  sim::Duration timeout = std::chrono::minutes(5);  // of commands

  bool has_readiness() const {
    return !ready_watches.empty() || !ready_log.empty() || ready_port != 0 || !ready_lease.empty();
  }
};

// The shape of an entry of `programs`.
const Shape& ProgramShape();
// Requires: `node` is of that shape.
ProgramSpec ReadProgram(const SourceNode& node, const std::string& field, Problems& problems);

// `pacing: virtual`, which is the default, `real`, or a factor such as x10; other paces are refused
// by name. `node` may be null.
void ReadPacing(const SourceNode* node, const std::string& field, Problems& problems,
                ProgramSpec& program);

}  // namespace scenarios
