#include "scenarios/runner/scenario_runner.h"

#include <algorithm>

#include "scenarios/runner/power.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

constexpr std::size_t kShownEventsMax = 12;
constexpr std::size_t kShownOutputMax = 15;

apiserver::UserInfo AdminUser() {
  return {.name = "admin",
          .uid = {},
          .groups = {"system:masters", "system:authenticated"},
          .extra = {}};
}

}  // namespace

ScenarioRunner::ScenarioRunner(sim::Kernel& kernel, Cluster& cluster, const Scenario& scenario,
                               Outside* outside)
    : kernel_(kernel),
      cluster_(cluster),
      scenario_(scenario),
      outside_(outside),
      view_(
          kernel, cluster.api(), [this] { return IsIdle(); },
          [this](std::string_view program) { return FindFacts(program); }),
      client_(cluster.handler(), cluster.api().store(),
              {.user = AdminUser(), .field_manager = "orrery"}),
      began_(kernel.now()) {
  kernel_.AddObserver(&trail_);
  cluster_.api().store().AddObserver(
      [this](const apiserver::ChangePtr& change) { NoteCommit(change); });
}

ScenarioRunner::~ScenarioRunner() {
  tasks_.CancelAll();
  kernel_.RemoveObserver(&trail_);
}

void ScenarioRunner::Start() {
  for (const ProgramSpec& program : scenario_.programs) {
    const std::uint32_t place = next_place_++;
    processes_[place] = Process{.spec = program};
    if (outside_ != nullptr) outside_->Start(place, program);
  }
  kernel_.Post(sim::Lane::kControl, "scenario.begin", scenario_.name,
               [this] { tasks_.Spawn(Run()); });
}

sim::Task<> ScenarioRunner::Run() {
  for (current_step_ = 0; current_step_ < scenario_.steps.size(); ++current_step_) {
    co_await AwaitPrograms();
    if (failure_) break;
    co_await RunStep(current_step_);
    if (failure_) break;
  }
  is_done_ = true;
}

// A step begins as an event of its own: work, whatever woke us.
sim::Task<> ScenarioRunner::RunStep(std::size_t index) {
  const ScenarioStep& step = scenario_.steps[index];
  sim::Duration delay{};
  if (step.at) {
    const sim::Time begin = (step.at->is_relative ? kernel_.now() : began_) + step.at->offset;
    delay = std::max(sim::Duration::zero(), begin - kernel_.now());
  }
  co_await kernel_.Sleep(delay, sim::Lane::kControl, "scenario.step", step.kind, sim::Work::kWork);
  if (failure_) co_return;
  steps_.push_back({step.kind, step.title, step.line, kernel_.now(), kernel_.now()});

  const std::unique_ptr<StepRun> run = step.step->Begin();
  StepInput input{.view = view_, .scenario_began = began_, .began = kernel_.now()};
  for (;;) {
    StepMove move = run->Next(input);
    input.call_error.reset();
    input.command_outcome.reset();
    switch (move.kind) {
      case StepMove::Kind::kDone:
        if (step.fails) FailStep(step, {.message = step.title + " was to be refused, and was not"});
        break;
      case StepMove::Kind::kFailed:
        if (!IsExpected(step, move.failure)) FailStep(step, move.failure);
        break;
      case StepMove::Kind::kCall:
        input.call_error = co_await MakeCall(std::move(move.call));
        break;
      case StepMove::Kind::kSleep:
        co_await kernel_.Sleep(move.time - kernel_.now(), sim::Lane::kCheck, "scenario.sleep",
                               step.kind, sim::Work::kWork);
        break;
      case StepMove::Kind::kWatch:
        co_await AwaitChange(std::move(move));
        break;
      case StepMove::Kind::kPower:
        input.power_problem = ChangePower(kernel_, cluster_.node_pool(), move.power);
        break;
      case StepMove::Kind::kCommand:
        input.command_outcome = co_await RunCommand(std::move(move.command));
        break;
      case StepMove::Kind::kProgram:
        input.program_problem = co_await ChangeProgram(std::move(move.program));
        break;
    }
    steps_.back().ended = kernel_.now();
    const bool is_over = move.kind == StepMove::Kind::kDone || move.kind == StepMove::Kind::kFailed;
    if (is_over || failure_) co_return;
  }
}

sim::Task<std::optional<apiserver::ApiError>> ScenarioRunner::MakeCall(ApiCall call) {
  using apiserver::PatchType;
  if (call.verb == CallVerb::kDelete) {
    apiserver::DeleteOptions options;
    options.grace_period_seconds = call.grace_period_seconds;
    if (call.propagation == "Background") options.propagation = apiserver::Propagation::kBackground;
    if (call.propagation == "Foreground") options.propagation = apiserver::Propagation::kForeground;
    if (call.propagation == "Orphan") options.propagation = apiserver::Propagation::kOrphan;
    const auto done = co_await client_.Delete(call.resource, call.key, options);
    if (!done.ok()) co_return done.error();
    co_return std::nullopt;
  }
  if (call.verb == CallVerb::kCreate) {
    // A name in the path belongs to subresources only.
    const std::string name = call.subresource.empty() ? "" : call.key.name;
    const auto made = co_await client_.Create(call.resource, call.key.namespace_,
                                              std::move(call.body), name, call.subresource);
    if (!made.ok()) co_return made.error();
    co_return std::nullopt;
  }
  PatchType type = PatchType::kMerge;
  if (call.verb == CallVerb::kApply) type = PatchType::kApply;
  if (call.verb == CallVerb::kStrategicPatch) type = PatchType::kStrategic;
  if (call.verb == CallVerb::kJsonPatch) type = PatchType::kJson;
  const auto patched =
      co_await client_.Patch(call.resource, call.key, type, std::move(call.body), call.subresource);
  if (!patched.ok()) co_return patched.error();
  co_return std::nullopt;
}

// Suspends until something relevant changed, or until move.time.
sim::Task<> ScenarioRunner::AwaitChange(StepMove move) {
  wake_ = sim::OneShot<>();
  is_watching_ = true;
  watched_ = move.watched;
  is_watching_idle_ = move.is_for_idle;
  const sim::EventId deadline = kernel_.At(
      move.time, sim::Lane::kCheck, "scenario.deadline", scenario_.name, [this] { Wake(); },
      sim::Work::kHousekeeping);
  if (is_watching_idle_) CheckIdleLater();
  co_await wake_;
  is_watching_ = false;
  kernel_.Cancel(deadline);
  kernel_.Cancel(check_event_);
}

// Looks again when the next work is done, or when things have settled.
void ScenarioRunner::CheckIdleLater() {
  const sim::Time settled = last_change_ + kSettleSpan;
  sim::Time next = kernel_.NextWorkDue().value_or(std::max(settled, kernel_.now()));
  check_event_ = kernel_.At(
      next, sim::Lane::kCheck, "scenario.check", scenario_.name, [this] { Wake(); },
      sim::Work::kHousekeeping);
}

bool ScenarioRunner::IsIdle() const {
  if (!kernel_.is_idle()) return false;
  return !scenario_.has_outside || kernel_.now() >= last_change_ + kSettleSpan;
}

void ScenarioRunner::NoteCommit(const apiserver::ChangePtr& change) {
  if (kernel_.current_work() == sim::Work::kWork) last_change_ = kernel_.now();
  if (watched_ && change->resource != *watched_) return;
  NoteChange();
}

void ScenarioRunner::NoteChange() {
  if (!is_watching_ || is_watching_idle_ || kernel_.IsPending(check_event_)) return;
  check_event_ = kernel_.Post(
      sim::Lane::kCheck, "scenario.check", scenario_.name, [this] { Wake(); },
      sim::Work::kHousekeeping);
}

void ScenarioRunner::Fail(const std::string& message, const std::string& object) {
  if (failure_ || is_done_) return;
  RunFailure failure{.place = scenario_.file, .message = message, .time = kernel_.now()};
  failure.object = object;
  failure.output = LastOutput();
  if (!object.empty()) failure.last_events = trail_.LinesAbout(object, kShownEventsMax);
  failure_ = std::move(failure);
  is_done_ = true;
  if (is_watching_) NoteChange();
}

void ScenarioRunner::FailStep(const ScenarioStep& step, const StepFailure& failure) {
  if (failure_) return;
  RunFailure report{.place = scenario_.file + ":" + std::to_string(step.line),
                    .message = failure.message,
                    .time = kernel_.now()};
  report.found = failure.found;
  report.object = failure.object;
  report.output = LastOutput();
  if (!failure.object.empty()) {
    report.api_events = ApiEventsAbout(failure.object);
    report.last_events = trail_.LinesAbout(failure.object, kShownEventsMax);
  }
  failure_ = std::move(report);
}

bool ScenarioRunner::IsExpected(const ScenarioStep& step, const StepFailure& failure) const {
  if (!step.fails || !failure.status) return false;
  const bool has_reason =
      step.fails->reason.empty() || failure.status->reason == step.fails->reason;
  return has_reason && failure.status->message.find(step.fails->message) != std::string::npos;
}

std::vector<std::string> ScenarioRunner::ApiEventsAbout(const std::string& object) const {
  const std::size_t slash = object.find('/');
  const std::string namespace_ = slash == std::string::npos ? "" : object.substr(0, slash);
  const std::string name = slash == std::string::npos ? object : object.substr(slash + 1);
  std::vector<std::pair<std::string, std::string>> lines;  // by time
  for (const auto& stored : view_.List({"", "events"}, namespace_)) {
    const std::shared_ptr<const apiserver::Value> event = stored->Peek();
    const std::string_view about = apiserver::TextAt(*event, {"involvedObject", "name"});
    const bool is_about =
        about == name || (about.starts_with(name) && about.substr(name.size()).starts_with('-'));
    if (!is_about) continue;
    std::string time(apiserver::TextAt(*event, {"lastTimestamp"}));
    if (time.empty()) time = apiserver::TextAt(*event, {"eventTime"});
    std::string line = time;
    for (const std::string_view field : {"type", "reason"}) {
      line += " " + std::string(apiserver::TextAt(*event, {field}));
    }
    line += " " + std::string(about) + ": " + std::string(apiserver::TextAt(*event, {"message"}));
    lines.emplace_back(std::move(time), std::move(line));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> shown;
  for (std::size_t at = lines.size() > kShownEventsMax ? lines.size() - kShownEventsMax : 0;
       at < lines.size(); ++at) {
    shown.push_back(std::move(lines[at].second));
  }
  return shown;
}

std::vector<std::string> ScenarioRunner::LastOutput() const {
  std::vector<std::string> lines;
  for (const auto& [place, process] : processes_) {
    if (process.is_command) continue;
    const std::deque<OutputLine>& output = process.facts.output;
    const std::size_t count = output.size();
    for (std::size_t at = count > kShownOutputMax ? count - kShownOutputMax : 0; at < count; ++at) {
      lines.push_back(process.spec.name + " " + sim::DurationText(output[at].time - began_) + ": " +
                      output[at].text);
    }
    if (count == 0) lines.push_back(process.spec.name + " printed nothing");
  }
  return lines;
}

}  // namespace scenarios
