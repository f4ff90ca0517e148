#include "scenarios/clock/clock_service.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

using apiserver::Array;
using apiserver::Object;
using apiserver::Request;
using apiserver::Response;

constexpr std::string_view kMasters = "system:masters";
constexpr std::size_t kShownEventsMax = 100;

Response Refused(const Request& request) {
  const std::string text = "User " + apiserver::GoQuote(request.user.name) + " cannot " +
                           request.info.verb + " path " + apiserver::GoQuote(request.path);
  return apiserver::ErrorResponse(apiserver::ForbiddenError({}, "", text));
}

bool IsOwnEvent(const sim::EventRecord& event) { return event.name.starts_with("clock."); }

}  // namespace

// A wait from its begin to its end, however that comes about.
class ClockService::WaitEntry {
 public:
  WaitEntry(ClockService& service, Wait wait) : service_(service) {
    place_ = service.waits_.insert(service.waits_.end(), std::move(wait));
    sim::Kernel& kernel = service.kernel_;
    const auto wake = [place = place_] { place->wake.Set(); };
    place_->end_event = kernel.At(std::max(place_->end, kernel.now()), sim::Lane::kCheck,
                                  "clock.reach", "", wake, sim::Work::kHousekeeping);
    if (place_->is_for_idle) {
      const sim::Time next = kernel.NextWorkDue().value_or(kernel.now());
      place_->check_event =
          kernel.At(next, sim::Lane::kCheck, "clock.check", "", wake, sim::Work::kHousekeeping);
    }
    service.Drive();
  }
  ~WaitEntry() {
    service_.kernel_.Cancel(place_->end_event);
    service_.kernel_.Cancel(place_->check_event);
    service_.waits_.erase(place_);
    service_.Drive();
  }
  WaitEntry(const WaitEntry&) = delete;
  WaitEntry& operator=(const WaitEntry&) = delete;

  Wait& wait() { return *place_; }

 private:
  ClockService& service_;
  std::list<Wait>::iterator place_;
};

ClockService::ClockService(sim::Kernel& kernel, apiserver::ApiServer& api,
                           apiserver::RequestHandler& next, sim::PacingMode pace)
    : kernel_(kernel),
      api_(api),
      next_(next),
      view_(kernel, api, [this] { return kernel_.is_idle(); }),
      began_(kernel.now()),
      pace_(pace) {
  api_.store().AddObserver([this](const apiserver::ChangePtr& change) { NoteCommit(change); });
}

sim::Task<Response> ClockService::Handle(std::unique_ptr<Request> request) {
  if (request->path != kPath) return next_.Handle(std::move(request));
  if (request->method != "POST" || !request->user.Is(kMasters)) return Answer(*request);
  auto order = ReadClockOrder(request->body, CustomResources());
  if (!order.ok()) {
    return apiserver::ErrorResponse(apiserver::BadRequestError(order.error().message));
  }
  if (waits_.size() >= kWaitsMax) {
    return apiserver::ErrorResponse(
        apiserver::TooManyRequestsError("too many requests wait for the clock", 1));
  }
  return CarryOut(std::move(order).value());
}

Response ClockService::Answer(const Request& request) {
  if (!request.user.Is(kMasters)) return Refused(request);
  if (request.method == "GET") return apiserver::ValueResponse(200, Show());
  return apiserver::ErrorResponse(
      apiserver::MethodNotSupportedError({"orrery.dev", "clock"}, request.info.verb));
}

sim::Task<Response> ClockService::CarryOut(ClockOrder order) {
  const sim::Time from = kernel_.now();
  const std::uint64_t position = kernel_.position();
  Outcome outcome;
  switch (order.kind) {
    case ClockOrder::Kind::kPause:
      SetPace({.pace = sim::Pace::kPaused});
      break;
    case ClockOrder::Kind::kPace:
      SetPace(order.pace);
      break;
    case ClockOrder::Kind::kResume:
      if (is_paused()) SetPace(pace_before_pause_);
      break;
    case ClockOrder::Kind::kStep:
      outcome = co_await StepOn(std::move(order));
      break;
    case ClockOrder::Kind::kAdvance:
      outcome = co_await Advance(order.span);
      break;
    case ClockOrder::Kind::kUntil:
      outcome = co_await Until(std::move(order.step));
      break;
    case ClockOrder::Kind::kInterrupt:
      Interrupt();
      break;
    case ClockOrder::Kind::kFault:
      outcome = Break(*order.step);
      break;
    case ClockOrder::Kind::kIdle:
      outcome = co_await Idle(order.span);
      break;
  }
  Object answer = Show();
  answer["from"] = sim::TimeText(from);
  answer["ranEvents"] = kernel_.position() - position;
  answer["holds"] = outcome.holds;
  if (outcome.is_interrupted) answer["interrupted"] = true;
  if (!outcome.message.empty()) answer["message"] = outcome.message;
  if (!outcome.found.empty()) answer["found"] = Array(outcome.found.begin(), outcome.found.end());
  if (outcome.shows_events) {
    Array events;
    for (const sim::EventRecord& event : kernel_.LastEvents()) {
      if (event.position <= position || IsOwnEvent(event)) continue;
      events.emplace_back(sim::EventText(event));
      if (events.size() > kShownEventsMax) events.erase(events.begin());
    }
    answer["events"] = std::move(events);
  }
  co_return apiserver::ValueResponse(200, answer);
}

ClockService::Outcome ClockService::Break(const Step& fault) {
  const std::unique_ptr<StepRun> run = fault.Begin();
  StepInput input{.view = view_, .scenario_began = began_, .began = kernel_.now()};
  const StepMove move = run->Next(input);
  Outcome outcome;
  outcome.message = power_ ? power_(move.power) : "this cluster has no simulated nodes";
  outcome.holds = outcome.message.empty();
  return outcome;
}

// Whoever steps wants time to stand in between.
sim::Task<ClockService::Outcome> ClockService::StepOn(ClockOrder order) {
  Outcome outcome;
  outcome.shows_events = true;
  if (!is_paused()) SetPace({.pace = sim::Pace::kPaused});
  for (std::int64_t step = 0; step < order.step_count; ++step) {
    const std::optional<sim::Time> next =
        order.has_housekeeping ? kernel_.NextDue() : kernel_.NextWorkDue();
    if (!next) {
      outcome.holds = false;
      outcome.message = "no work is due";
      co_return outcome;
    }
    Wait wait;
    wait.end = *next;
    wait.drives = true;
    outcome.is_interrupted = co_await WaitFor(std::move(wait));
    if (outcome.is_interrupted) co_return outcome;
  }
  co_return outcome;
}

sim::Task<ClockService::Outcome> ClockService::Advance(sim::Duration span) {
  Wait wait;
  wait.end = kernel_.now() + span;
  wait.drives = true;
  Outcome outcome;
  outcome.is_interrupted = co_await WaitFor(std::move(wait));
  outcome.holds = !outcome.is_interrupted;
  co_return outcome;
}

// Expectations are steps of scenarios, asked whenever something changed.
sim::Task<ClockService::Outcome> ClockService::Until(std::shared_ptr<const Step> expectation) {
  const std::unique_ptr<StepRun> run = expectation->Begin();
  StepInput input{.view = view_, .scenario_began = began_, .began = kernel_.now()};
  Outcome outcome;
  for (;;) {
    StepMove move = run->Next(input);
    if (move.kind == StepMove::Kind::kDone) co_return outcome;
    if (move.kind == StepMove::Kind::kFailed) {
      outcome.holds = false;
      outcome.message = std::move(move.failure.message);
      outcome.found = std::move(move.failure.found);
      co_return outcome;
    }
    Wait wait;
    wait.end = move.time;
    wait.drives = is_paused();
    wait.watches = move.kind == StepMove::Kind::kWatch;
    wait.watched = move.watched;
    outcome.is_interrupted = co_await WaitFor(std::move(wait));
    if (!outcome.is_interrupted) continue;
    outcome.holds = false;
    co_return outcome;
  }
}

sim::Task<ClockService::Outcome> ClockService::Idle(sim::Duration timeout) {
  const sim::Time deadline = kernel_.now() + timeout;
  Outcome outcome;
  while (!kernel_.is_idle()) {
    if (kernel_.now() >= deadline) {
      outcome.holds = false;
      outcome.message = "work is still due after " + sim::DurationText(timeout) + ", next at " +
                        sim::TimeText(*kernel_.NextWorkDue());
      co_return outcome;
    }
    Wait wait;
    wait.end = deadline;
    wait.drives = is_paused();
    wait.is_for_idle = true;
    outcome.is_interrupted = co_await WaitFor(std::move(wait));
    if (!outcome.is_interrupted) continue;
    outcome.holds = false;
    co_return outcome;
  }
  co_return outcome;
}

sim::Task<bool> ClockService::WaitFor(Wait wait) {
  WaitEntry entry(*this, std::move(wait));
  const sim::OneShot<> wake = entry.wait().wake;
  co_await wake;
  co_return entry.wait().is_interrupted;
}

void ClockService::SetPace(sim::PacingMode pace) {
  const bool pauses = pace.pace == sim::Pace::kPaused;
  if (pauses && !is_paused()) pace_before_pause_ = pace_;
  pace_ = pace;
  if (port_ != nullptr) port_->SetPace(pace);
  is_driving_ = false;
  if (pauses) Interrupt();
  Drive();
}

void ClockService::Interrupt() {
  for (Wait& wait : waits_) {
    wait.is_interrupted = true;
    wait.drives = false;
    wait.wake.Set();
  }
  Drive();
}

void ClockService::NoteCommit(const apiserver::ChangePtr& change) {
  for (std::list<Wait>::iterator place = waits_.begin(); place != waits_.end(); ++place) {
    if (!place->watches || kernel_.IsPending(place->check_event)) continue;
    if (place->watched && change->resource != *place->watched) continue;
    place->check_event = kernel_.Post(
        sim::Lane::kCheck, "clock.check", "", [place] { place->wake.Set(); },
        sim::Work::kHousekeeping);
  }
}

// Time runs as far as the one who wants most.
void ClockService::Drive() {
  std::optional<sim::Time> end;
  for (const Wait& wait : waits_) {
    if (wait.drives && (!end || wait.end > *end)) end = wait.end;
  }
  if (port_ != nullptr) {
    if (end) port_->AdvanceTo(*end);
    if (!end && is_driving_) port_->EndAdvance();
  }
  is_driving_ = end.has_value();
}

std::vector<std::string> ClockService::CustomResources() const {
  std::vector<std::string> names;
  for (const auto& [key, resource] : api_.resources().all()) {
    if (!resource->is_custom()) continue;
    for (const std::string& name : {key.resource, resource->singular, resource->kind.kind}) {
      names.push_back(name + "." + key.group);
    }
  }
  return names;
}

Object ClockService::Show() const {
  Object shown;
  shown["kind"] = "Clock";
  shown["apiVersion"] = "orrery.dev/v1";
  shown["time"] = sim::TimeText(kernel_.now());
  shown["began"] = sim::TimeText(began_);
  shown["pace"] = sim::PacingText(pace_);
  shown["isAdvancing"] = is_driving_;
  shown["isQuiet"] = kernel_.is_idle();
  shown["pendingEvents"] = kernel_.pending_count();
  if (const auto due = kernel_.NextWorkDue()) shown["nextWork"] = sim::TimeText(*due);
  if (const auto due = kernel_.NextDue()) shown["nextEvent"] = sim::TimeText(*due);
  shown["position"] = kernel_.position();
  return shown;
}

}  // namespace scenarios
