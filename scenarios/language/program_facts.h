// What a program has done so far, as expectations see it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "apiserver/api/resource.h"
#include "sim/time.h"

namespace scenarios {

struct OutputLine {
  sim::Time time;  // when the cluster saw it
  std::string text;
};

struct ProgramFacts {
  // Older lines are dropped.
  static constexpr std::size_t kOutputLinesMax = 2000;

  std::deque<OutputLine> output{};
  std::optional<int> exit_code{};  // -1 when it was killed or could not start
  std::string exit_text{};
  std::int64_t restart_count = 0;  // by its policy and by steps
  // By verb and resource ("patch", "deployments.apps"); "" for paths that are no resources.
  std::map<std::pair<std::string, std::string>, std::uint64_t> requests{};
};

// What an expectation about programs watches instead of a resource.
inline const apiserver::GroupResource kProgramChanges{"orrery.dev", "programs"};

}  // namespace scenarios
