// One BEHAVIOUR object of behaviour.h, read.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "nodes/runtime/behaviour.h"

namespace nodes {

struct BehaviourFields {
  bool interpret = false;
  std::optional<sim::Duration> run;  // nullopt: for ever
  std::vector<int> exit_codes = {0};
  std::string reason;
  std::optional<sim::Duration> start;
  bool ready = true;
  sim::Duration ready_after{};
  std::optional<sim::Duration> live_for;
  std::optional<sim::Duration> stop;
  bool ignores_stop = false;
  std::vector<TracePrint> prints;
  std::optional<sim::Duration> repeats_every;  // the last print
  std::optional<sim::Duration> pull;
  std::string pull_error;
  std::int64_t cpu_millicores = 0;
  std::int64_t memory_bytes = 0;
};

// Errors: PATH.FIELD and what is wrong.
sim::Result<BehaviourFields> ReadBehaviour(const nlohmann::json& object, const std::string& path);

}  // namespace nodes
