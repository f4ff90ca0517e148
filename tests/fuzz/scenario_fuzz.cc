// Any text, read as a scenario: never a crash, and each problem has a line.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "scenarios/language/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenario = scenarios::ReadScenario(
      "s.yaml", text, [&](const std::string&) { return sim::Result<std::string>(text); },
      {{"small"}, {"scheduler"}});
  if (!scenario.ok()) {
    if (scenario.error().empty()) std::abort();
    for (const scenarios::Problem& problem : scenario.error()) {
      if (problem.line < 1) std::abort();
    }
  }
  return 0;
}
