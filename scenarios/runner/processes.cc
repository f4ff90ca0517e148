// The part of ScenarioRunner that waits for programs and commands.
#include "scenarios/runner/scenario_runner.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

// No commit says anything about a process.
StepMove WatchProcesses(sim::Time deadline) {
  return StepMove::Watch(deadline, apiserver::GroupResource{"", "none"});
}

}  // namespace

void ScenarioRunner::OnLine(const ProgramLine& line) {
  const auto found = processes_.find(line.place);
  if (found == processes_.end()) return;
  Process& process = found->second;
  if (process.output.size() == kOutputLinesMax) process.output.pop_front();
  process.output.push_back(line.text);
  if (!process.spec.ready_log.empty() &&
      line.text.find(process.spec.ready_log) != std::string::npos) {
    process.has_logged = true;
    NoteChange();
  }
}

void ScenarioRunner::OnExit(const ProgramExit& exit) {
  const auto found = processes_.find(exit.place);
  if (found == processes_.end()) return;
  found->second.exit = exit;
  if (found->second.is_command) {
    NoteChange();
  } else if (!is_done_) {
    Fail("program " + found->second.spec.name + " ended before the scenario: " + exit.text);
  }
}

void ScenarioRunner::OnRequest(const apiserver::UserInfo& user,
                               const apiserver::RequestInfo& info) {
  last_change_ = kernel_.now();
  if (info.verb != "watch") return;
  for (auto& [place, process] : processes_) {
    if (process.is_command || process.spec.name != user.name) continue;
    process.watched.insert(info.group_resource().Text());
    NoteChange();
  }
}

bool ScenarioRunner::IsReady(Process& process) const {
  if (process.is_ready) return true;
  if (!process.spec.ready_log.empty() && !process.has_logged) return false;
  for (const std::string& name : process.spec.ready_watches) {
    const auto resource = view_.FindResource(name);
    if (!resource || !process.watched.contains(resource->resource.group_resource().Text())) {
      return false;
    }
  }
  process.is_ready = true;
  return true;
}

// A program can't watch what is not served yet: it is waited for once the steps have made it.
bool ScenarioRunner::IsDueForReadiness(const Process& process) const {
  for (const std::string& name : process.spec.ready_watches) {
    if (!view_.FindResource(name)) return false;
  }
  return !process.is_command && process.spec.has_readiness();
}

sim::Task<> ScenarioRunner::AwaitPrograms() {
  for (auto& [place, process] : processes_) {
    const sim::Time deadline = kernel_.now() + process.spec.ready_timeout;
    while (!failure_ && IsDueForReadiness(process) && !IsReady(process)) {
      if (kernel_.now() >= deadline) {
        Fail("program " + process.spec.name + " was not ready within " +
             sim::DurationText(process.spec.ready_timeout));
        co_return;
      }
      StepMove move = WatchProcesses(deadline);
      co_await AwaitChange(std::move(move));
    }
  }
}

sim::Task<CommandOutcome> ScenarioRunner::RunCommand(ProgramSpec command) {
  const std::uint32_t place = next_place_++;
  const sim::Time deadline = kernel_.now() + command.timeout;
  processes_[place] = Process{.spec = command, .is_command = true};
  if (outside_ != nullptr) outside_->Start(place, command);
  while (!failure_ && !processes_[place].exit && kernel_.now() < deadline) {
    StepMove move = WatchProcesses(deadline);
    co_await AwaitChange(std::move(move));
  }
  Process& process = processes_[place];
  CommandOutcome outcome;
  outcome.is_timed_out = !process.exit;
  if (process.exit) {
    outcome.exit_code = process.exit->code;
    outcome.exit_text = process.exit->text;
  } else if (outside_ != nullptr) {
    outside_->Stop(place);
  }
  outcome.output.assign(process.output.begin(), process.output.end());
  processes_.erase(place);
  co_return outcome;
}

}  // namespace scenarios
