#include "sim/virtual_turns.h"

#include <algorithm>

namespace sim {
namespace {

std::optional<Time> DeadlineOf(const VirtualProgramView& program) {
  return program.is_frozen ? std::nullopt : program.deadline;
}

// Before the kernel's next event, and not beyond what another program waits for.
Time LimitOf(std::span<const VirtualProgramView> programs, std::size_t index, Time now,
             std::optional<Time> next_due) {
  Time until = next_due ? *next_due - Duration(1) : Time::max();
  for (std::size_t other = 0; other < programs.size(); ++other) {
    const auto deadline = DeadlineOf(programs[other]);
    if (other != index && deadline) until = std::min(until, *deadline);
  }
  return std::max(until, now);
}

}  // namespace

VirtualTurn PlanTurn(std::span<const VirtualProgramView> programs, Time now,
                     std::optional<Time> next_due) {
  std::optional<std::size_t> chosen;
  for (std::size_t index = 0; index < programs.size(); ++index) {
    const VirtualProgramView& program = programs[index];
    if (!program.is_quiet) return {.kind = VirtualTurn::Kind::kWait};
    if (program.has_news && !program.is_frozen && !chosen) chosen = index;
  }
  if (!chosen) {
    std::optional<Time> earliest;
    for (std::size_t index = 0; index < programs.size(); ++index) {
      const auto deadline = DeadlineOf(programs[index]);
      if (!deadline || (earliest && *deadline >= *earliest)) continue;
      earliest = deadline;
      chosen = index;
    }
    const bool is_kernel_first = earliest && next_due && *next_due <= *earliest;
    if (!chosen || (is_kernel_first && *earliest > now)) return {};
  }
  return {VirtualTurn::Kind::kRun, *chosen, LimitOf(programs, *chosen, now, next_due)};
}

}  // namespace sim
