#include "sim/rounds.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"
#include "sim/digest.h"

namespace sim {

void Rounds::Attach(std::uint32_t program, std::string name, std::vector<StillnessPort*> ports,
                    WallTime wall) {
  const bool is_new = programs_
                          .emplace(program, Program{std::move(name), std::move(ports), std::nullopt,
                                                    wall, std::nullopt})
                          .second;
  SIM_CHECK(is_new);
}

void Rounds::Detach(std::uint32_t program) {
  programs_.erase(program);
  std::erase_if(requests_,
                [program](const Input& request) { return request.round->program == program; });
}

void Rounds::Add(Input input) {
  SIM_CHECK(input.round.has_value());
  // A request is movement, whatever the ports saw.
  const auto found = programs_.find(input.round->program);
  if (found != programs_.end()) found->second.mark.reset();
  requests_.push_back(std::move(input));
}

std::optional<std::uint64_t> Rounds::MarkOf(const Program& program) {
  Digest digest;
  for (StillnessPort* port : program.ports) {
    const std::optional<std::uint64_t> mark = port->StillMark();
    if (!mark) return std::nullopt;
    digest.Add(*mark);
  }
  return digest.value();
}

bool Rounds::ObserveQuiet(WallTime wall) {
  bool all_quiet = true;
  for (auto& [index, program] : programs_) {
    const std::optional<std::uint64_t> mark = MarkOf(program);
    if (mark != program.mark) {
      program.mark = mark;
      program.still_since = wall;
    }
    if (mark && wall - program.still_since >= kStillMin) {
      program.busy_since.reset();
    } else {
      all_quiet = false;
      if (!program.busy_since) program.busy_since = wall;
    }
  }
  return all_quiet;
}

std::optional<std::string> Rounds::FindStuck(WallTime wall) const {
  for (const auto& [index, program] : programs_) {
    if (program.busy_since && wall - *program.busy_since > kBusyMax) return program.name;
  }
  return std::nullopt;
}

std::vector<Input> Rounds::TakeRound() {
  std::vector<Input> round = std::exchange(requests_, {});
  std::stable_sort(round.begin(), round.end(),
                   [](const Input& a, const Input& b) { return *a.round < *b.round; });
  if (random_ != nullptr) random_->Shuffle(round);
  return round;
}

}  // namespace sim
