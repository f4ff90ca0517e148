// The part of ScenarioRunner that waits for programs and commands.
#include <algorithm>

#include "scenarios/runner/account_identity.h"
#include "scenarios/runner/scenario_runner.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

// How long a step waits for a program's requests.
constexpr sim::Duration kRequestsTimeout = std::chrono::hours(1);

// No commit says anything about a process.
StepMove WatchProcesses(sim::Time deadline) { return StepMove::Watch(deadline, kProgramChanges); }

}  // namespace

void ScenarioRunner::OnLine(const ProgramLine& line) {
  const auto found = processes_.find(line.place);
  if (found == processes_.end()) return;
  Process& process = found->second;
  std::deque<OutputLine>& output = process.facts.output;
  if (output.size() == ProgramFacts::kOutputLinesMax) output.pop_front();
  output.push_back({kernel_.now(), line.text});
  if (!process.spec.ready_log.empty() &&
      line.text.find(process.spec.ready_log) != std::string::npos) {
    process.has_logged = true;
  }
  if (!process.is_command) NoteProgramChange();
}

void ScenarioRunner::OnExit(const ProgramExit& exit) {
  const auto found = processes_.find(exit.place);
  if (found == processes_.end()) return;
  Process& process = found->second;
  process.exit = exit;
  process.facts.exit_code = exit.code;
  process.facts.exit_text = exit.text;
  if (process.is_command) return NoteChange();
  const RestartPolicy policy = process.spec.restart;
  const bool is_to_begin_anew =
      policy == RestartPolicy::kAlways || (policy == RestartPolicy::kOnFailure && exit.code != 0);
  if (is_to_begin_anew && !process.is_to_end) BeginAnewLater(found->first);
  if (process.spec.may_exit || process.is_to_end || policy != RestartPolicy::kNever) {
    NoteProgramChange();
  } else if (!is_done_) {
    Fail("program " + process.spec.name + " ended before the scenario: " + exit.text);
  }
}

void ScenarioRunner::OnListen(const ProgramListen& listen) {
  const auto found = processes_.find(listen.place);
  if (found == processes_.end()) return;
  found->second.is_listening = true;
  NoteProgramChange();
}

void ScenarioRunner::BeginAnewLater(std::uint32_t place) {
  Process& process = processes_.at(place);
  if (kernel_.now() - process.began >= kBackoffForgotten) process.backoff = {};
  process.backoff = std::clamp(2 * process.backoff, kBackoffMin, kBackoffMax);
  kernel_.After(process.backoff, sim::Lane::kControl, "program.restart", process.spec.name,
                [this, place] {
                  if (!is_done_ && processes_.at(place).exit) BeginAnew(place);
                });
}

// What it has printed and asked before counts as well.
void ScenarioRunner::BeginAnew(std::uint32_t place) {
  Process& process = processes_.at(place);
  Process anew{.spec = process.spec, .facts = std::move(process.facts)};
  anew.facts.exit_code.reset();
  anew.facts.exit_text.clear();
  ++anew.facts.restart_count;
  anew.request_count = process.request_count;
  anew.began = kernel_.now();
  anew.backoff = process.backoff;
  process = std::move(anew);
  if (outside_ != nullptr) outside_->Start(place, process.spec);
  NoteProgramChange();
}

void ScenarioRunner::OnRequest(const apiserver::UserInfo& user,
                               const apiserver::RequestInfo& info) {
  last_change_ = kernel_.now();
  const std::string resource = info.is_resource ? info.group_resource().Text() : "";
  for (auto& [place, process] : processes_) {
    if (process.is_command || !IsProgram(user, place, process.spec)) continue;
    ++process.request_count;
    ++process.facts.requests[{info.verb, resource}];
    if (info.verb == "watch") process.watched.insert(resource);
    const bool is_write = info.verb == "create" || info.verb == "update" || info.verb == "patch";
    if (is_write && info.resource == "leases") process.lease_namespaces.insert(info.namespace_);
    NoteProgramChange();
  }
}

const ProgramFacts* ScenarioRunner::FindFacts(std::string_view program) const {
  for (const auto& [place, process] : processes_) {
    if (!process.is_command && process.spec.name == program) return &process.facts;
  }
  return nullptr;
}

void ScenarioRunner::NoteProgramChange() {
  if (watched_ == kProgramChanges) NoteChange();
}

std::vector<ProgramReport> ScenarioRunner::program_reports() const {
  std::vector<ProgramReport> reports;
  for (const auto& [place, process] : processes_) {
    if (process.is_command) continue;
    ProgramReport report{.name = process.spec.name,
                         .output = {},
                         .exit_text = process.facts.exit_text,
                         .account = process.spec.service_account,
                         .restart_count = process.facts.restart_count};
    report.output.assign(process.facts.output.begin(), process.facts.output.end());
    for (const auto& [kind, count] : process.facts.requests) report.request_count += count;
    reports.push_back(std::move(report));
  }
  return reports;
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
  if (process.spec.ready_port != 0 && !process.is_listening) return false;
  if (!process.spec.ready_lease.empty() && !HoldsLease(process)) return false;
  process.is_ready = true;
  return true;
}

// Somebody holds it, and the program has written one there: a program that only stands by writes
// none.
bool ScenarioRunner::HoldsLease(const Process& process) const {
  const std::string& lease = process.spec.ready_lease;
  const std::size_t slash = lease.find('/');
  const std::string namespace_ = lease.substr(0, slash);
  const auto found =
      view_.Find({"coordination.k8s.io", "leases"}, {namespace_, lease.substr(slash + 1)});
  if (found == nullptr || !process.lease_namespaces.contains(namespace_)) return false;
  return !apiserver::TextAt(*found->Peek(), {"spec", "holderIdentity"}).empty();
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
      // A lease is taken by a commit.
      const bool is_for_lease = !process.spec.ready_lease.empty();
      StepMove move = is_for_lease ? StepMove::Watch(deadline) : WatchProcesses(deadline);
      co_await AwaitChange(std::move(move));
    }
  }
}

sim::Task<std::string> ScenarioRunner::ChangeProgram(ProgramChange change) {
  const auto is_meant = [&change](const auto& entry) {
    return !entry.second.is_command && entry.second.spec.name == change.program;
  };
  const auto found = std::find_if(processes_.begin(), processes_.end(), is_meant);
  if (found == processes_.end()) co_return "there is no program \"" + change.program + "\"";
  const std::uint32_t place = found->first;
  Process& process = found->second;
  const sim::Time deadline = kernel_.now() + kRequestsTimeout;
  while (!failure_ && process.request_count < change.after_requests && kernel_.now() < deadline) {
    StepMove move = WatchProcesses(deadline);
    co_await AwaitChange(std::move(move));
  }
  if (process.request_count < change.after_requests) {
    co_return "program " + change.program + " made only " + std::to_string(process.request_count) +
        " requests";
  }
  using Action = ProgramChange::Action;
  if (change.action == Action::kStop || change.action == Action::kContinue) {
    if (outside_ != nullptr) outside_->Freeze(place, change.action == Action::kStop);
    co_return "";
  }
  co_await EndProgram(place, change.action == Action::kKill);
  if (change.action == Action::kRestart && !failure_) {
    BeginAnew(place);
  }
  co_return "";
}

sim::Task<> ScenarioRunner::EndProgram(std::uint32_t place, bool is_killed) {
  Process& process = processes_.at(place);
  // One that its policy starts again is only killed.
  process.is_to_end = !is_killed || process.spec.restart == RestartPolicy::kNever;
  if (!process.exit && outside_ != nullptr) outside_->Stop(place);
  const sim::Time deadline = kernel_.now() + process.spec.timeout;
  while (!failure_ && !processes_.at(place).exit && kernel_.now() < deadline) {
    StepMove move = WatchProcesses(deadline);
    co_await AwaitChange(std::move(move));
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
  for (OutputLine& line : process.facts.output) outcome.output.push_back(std::move(line.text));
  processes_.erase(place);
  co_return outcome;
}

}  // namespace scenarios
