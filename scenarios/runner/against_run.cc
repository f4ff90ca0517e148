#include "scenarios/runner/against_run.h"

#include <algorithm>
#include <deque>
#include <functional>

#include "scenarios/api_gateway.h"
#include "scenarios/runner/against_recording.h"
#include "scenarios/runner/program_host.h"
#include "scenarios/runner/program_inputs.h"
#include "scenarios/runner/request_difference.h"
#include "sim/byte_codec.h"
#include "sim/host/clock.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

constexpr std::size_t kShownOutputMax = 15;
// How far the program may go on alone, so that its next request can be shown.
constexpr sim::Duration kGoOnMax = std::chrono::hours(1);
constexpr int kGoOnTurnsMax = 10'000;

// The process of one program; the others are in the recording.
class OneProgram final : public Outside {
 public:
  OneProgram(Outside& host, std::uint32_t place) : host_(host), place_(place) {}
  void Start(std::uint32_t place, const ProgramSpec& program) override {
    if (place == place_) host_.Start(place, program);
  }
  void Stop(std::uint32_t place) override {
    if (place == place_) host_.Stop(place);
  }
  void Freeze(std::uint32_t place, bool is_frozen) override {
    if (place == place_) host_.Freeze(place, is_frozen);
  }

 private:
  Outside& host_;
  const std::uint32_t place_;
};

struct LiveRequest {
  apiserver::WireRecord record;
  sim::Callback run;
  sim::Time time{};  // by the program's clock
  sim::WallTime wall{};
};

class AgainstRun {
 public:
  AgainstRun(const Scenario& scenario, sim::JournalReader& recording, std::uint32_t place)
      : spec_(scenario.programs[place]),
        place_(place),
        start_(scenario.cluster.start),
        tolerance_(spec_.is_virtual ? RequestTolerance::kNone : RequestTolerance::kChance),
        recording_(recording, place),
        session_(scenario, recording.header().seed),
        kernel_(session_.kernel()),
        driver_(kernel_, {.pace = sim::Pace::kUnbounded}),
        rounds_(nullptr),
        identities_(MakeIdentities(scenario, recording.header().seed)),
        gateway_(driver_.inbox(), session_.cluster().handler(),
                 apiserver::Authenticator(identities_.tokens, session_.identity().token_signer), {},
                 [this, &scenario](const apiserver::UserInfo& user) {
                   return PlaceOf(user, scenario, identities_);
                 }) {
    gateway_.SetOnReceive(
        [this](const apiserver::UserInfo& user, const apiserver::RequestInfo& info) {
          session_.runner().OnRequest(user, info);
        });
  }

  sim::Result<AgainstOutcome> Run(const Scenario& scenario);

 private:
  // These answer true when the run is over: outcome_.difference or problem_ says why.
  bool RunTo(std::uint64_t position, sim::Time time);
  bool LetTimePass(sim::Time time);
  bool LetVirtualTimePass(sim::Time time);
  bool Match(const AheadRecord& ahead);
  bool MatchExit(ProgramExit recorded);
  bool AcceptForeign(AheadRecord ahead);

  void FollowRecording();
  void AwaitLive(const std::function<bool()>& is_there);
  void AwaitQuiet();
  void Drain();
  void LetRelease();
  void Await(std::optional<sim::WallTime> until, const std::function<bool()>& is_there) {
    if (!driver_.Await(until, is_there)) stuck_ = "interrupted";
  }
  bool IsOver() const { return exit_.has_value() || !stuck_.empty(); }
  std::deque<LiveRequest>::iterator FindLive(const apiserver::WireRequest& recorded);
  sim::WallTime WallOf(sim::Time time) const;
  void GoOnAlone();

  bool Differ(const AheadRecord* recorded);
  bool Refuse(std::string problem) {
    problem_ = std::move(problem);
    return true;
  }
  std::string At(sim::Time time, const apiserver::WireRequest& request) const {
    return RequestLine(request) + " at " + sim::DurationText(time - start_);
  }

  const ProgramSpec& spec_;
  const std::uint32_t place_;
  const sim::Time start_;
  const RequestTolerance tolerance_;
  AgainstRecording recording_;
  ScenarioSession session_;
  sim::Kernel& kernel_;
  sim::Driver driver_;
  sim::Rounds rounds_;
  const Identities identities_;
  ApiGateway gateway_;
  sim::InputDecoders decoders_;
  apiserver::HttpServer* server_ = nullptr;
  sim::VirtualGroup* group_ = nullptr;

  std::deque<LiveRequest> live_;                // not yet found in the recording
  std::map<std::uint64_t, std::uint64_t> ids_;  // of live requests, by that of the recorded one
  std::optional<ProgramExit> exit_;
  std::optional<ProgramExit> recorded_exit_;
  std::string stuck_;
  bool is_held_ = false;
  sim::Time base_time_{};
  sim::WallTime base_wall_{};
  std::string problem_;
  AgainstOutcome outcome_;
};

sim::Result<AgainstOutcome> AgainstRun::Run(const Scenario& scenario) {
  auto directory = TemporaryDirectory::Make();
  if (!directory.ok()) return directory.error();
  driver_.StopOnSignals();
  auto server = apiserver::HttpServer::Start(
      {.address = "127.0.0.1",
       .port = 0,
       .threads = 0,
       .serving = session_.identity().serving,
       .client_authorities_pem = session_.identity().authority.certificate_pem,
       .is_repeatable = true},
      gateway_);
  if (!server.ok()) return server.error();
  server_ = server->get();
  driver_.SetSockets(server_->sockets());
  gateway_.AddDecoders(decoders_);
  AddProgramDecoders(decoders_, session_);
  session_.cluster().outside_calls().AddDecoders(decoders_);
  session_.cluster().outside_calls().ExpectRecording();
  {
    ProgramHost host(scenario, session_, driver_, rounds_, {directory->path(), ""}, kernel_.seed(),
                     [this](const std::string&, const std::string& threads) {
                       stuck_ = "it computed for 30s of CPU time without a rest: " + threads;
                     });
    host.Serve(*server_, identities_);
    group_ = &host.virtual_host().group();
    OneProgram one(host, place_);
    base_time_ = kernel_.now();
    base_wall_ = sim::SteadyNow();
    if (auto begun = session_.Begin(&one); !begun.ok()) return begun.error();
    FollowRecording();
    LetRelease();
  }
  server->reset();
  if (!problem_.empty()) return sim::Error{problem_};
  outcome_.ended = kernel_.now();
  return std::move(outcome_);
}

void AgainstRun::FollowRecording() {
  while (AheadRecord* front = recording_.Front()) {
    if (RunTo(front->record.position, front->record.time)) return;
    if (front->own) {
      if (Match(*front)) return;
      recording_.PopFront();
    } else {
      AheadRecord ahead = std::move(*front);
      recording_.PopFront();
      if (AcceptForeign(std::move(ahead))) return;
    }
  }
  if (!recording_.damage().empty()) {
    problem_ = recording_.damage();
    return;
  }
  outcome_.cut = recording_.cut();
  if (!recording_.end()) return;
  if (RunTo(recording_.end()->position, recording_.end()->time)) return;
  AwaitQuiet();
  if (!live_.empty() || exit_) {
    Differ(nullptr);
    return;
  }
  outcome_.digest = kernel_.FinalDigest().Hex();
  if (outcome_.digest != recording_.end()->digest) {
    problem_ = "the world came out otherwise than recorded: was it made by another build?";
  }
}

// As a replay does, with turns of the program before time moves.
bool AgainstRun::RunTo(std::uint64_t position, sim::Time time) {
  const auto strays = [this] {
    return Refuse("the world strays from the recording at " + sim::TimeText(kernel_.now()) +
                  ": was it made by another build?");
  };
  while (kernel_.position() < position) {
    const std::optional<sim::Time> due = kernel_.NextDue();
    if (!due || *due > time) return strays();
    if (*due > kernel_.now() && LetTimePass(*due)) return true;
    kernel_.RunNext();
  }
  if (time == kernel_.now()) return false;
  const std::optional<sim::Time> due = kernel_.NextDue();
  if (time < kernel_.now() || (due && *due < time)) return strays();
  if (LetTimePass(time)) return true;
  kernel_.AdvanceTo(time);
  return false;
}

bool AgainstRun::LetTimePass(sim::Time time) {
  if (spec_.is_virtual) return LetVirtualTimePass(time);
  LetRelease();
  for (;;) {
    Drain();
    const AheadRecord* next = recording_.NextOwn();
    if (next == nullptr || FindLive(next->own->request) != live_.end() || IsOver()) break;
    const sim::WallTime wall = sim::SteadyNow();
    if (!live_.empty() && wall - live_.front().wall > kAgainstPatience) return Differ(next);
    if (wall >= WallOf(time)) break;
    Await(std::min(WallOf(time), wall + kAgainstPatience),
          [this] { return !driver_.inbox().empty() || IsOver(); });
  }
  return false;
}

bool AgainstRun::LetVirtualTimePass(sim::Time time) {
  do {
    AwaitQuiet();
    const bool is_early = std::any_of(live_.begin(), live_.end(), [&](const LiveRequest& live) {
      return live.time + kAgainstTimeTolerance < time;
    });
    if (is_early || !stuck_.empty()) return Differ(recording_.NextOwn());
  } while (group_->RunNext(kernel_.now(), time));
  return false;
}

// Lets the program go on until `is_there`; it may take as long as what it does may be late.
void AgainstRun::AwaitLive(const std::function<bool()>& is_there) {
  if (spec_.is_virtual) {
    const sim::Time until = kernel_.now() + kAgainstTimeTolerance;
    do {
      AwaitQuiet();
    } while (!is_there() && !IsOver() && group_->RunNext(kernel_.now(), until));
    return;
  }
  LetRelease();
  const sim::WallTime patience =
      std::max(sim::SteadyNow(), WallOf(kernel_.now())) + kAgainstPatience;
  Await(patience, [&] {
    Drain();
    return is_there() || IsOver();
  });
}

// The program makes the request now, or soon.
bool AgainstRun::Match(const AheadRecord& ahead) {
  auto found = FindLive(ahead.own->request);
  if (found == live_.end()) {
    AwaitLive([&] { return FindLive(ahead.own->request) != live_.end(); });
    found = FindLive(ahead.own->request);
  }
  if (found == live_.end()) return Differ(&ahead);
  if (!is_held_) server_->release_gate().Hold();
  is_held_ = true;
  ids_[ahead.own->id] = found->record.id;
  kernel_.AcceptInput("request.receive", ahead.record.bytes, std::move(found->run));
  live_.erase(found);
  ++outcome_.request_count;
  base_time_ = kernel_.now();
  base_wall_ = sim::SteadyNow();
  return false;
}

// It may begin anew as soon as the world knows that it has ended.
bool AgainstRun::MatchExit(ProgramExit recorded) {
  AwaitLive([this] { return exit_.has_value(); });
  recorded_exit_ = std::move(recorded);
  if (!exit_ || exit_->code != recorded_exit_->code) return Differ(nullptr);
  exit_.reset();
  recorded_exit_.reset();
  return false;
}

bool AgainstRun::AcceptForeign(AheadRecord ahead) {
  sim::JournalRecord decoded = ahead.record;
  if (decoded.kind == "request.cancel") {
    const auto found = ids_.find(sim::ByteReader(decoded.bytes).U64());
    if (found != ids_.end()) decoded.bytes = sim::ByteWriter().U64(found->second).Take();
  } else if (decoded.kind == kProgramExitInput) {
    auto exit = UnpackProgramExit(decoded.bytes);
    if (exit.ok() && exit->place == place_ && MatchExit(std::move(exit).value())) return true;
  }
  auto input = decoders_.Decode(std::move(decoded));
  if (!input.ok()) return Refuse(input.error().message);
  if (!is_held_) server_->release_gate().Hold();
  is_held_ = true;
  kernel_.AcceptInput(input->kind, ahead.record.bytes, std::move(input->run));
  return false;
}

// What a round answers leaves together, once nothing is left to do at its instant.
void AgainstRun::LetRelease() {
  if (std::exchange(is_held_, false)) server_->release_gate().Release();
}

void AgainstRun::AwaitQuiet() {
  LetRelease();
  Await(std::nullopt, [this] {
    Drain();
    if (!stuck_.empty() || !spec_.is_virtual) return true;
    return group_->IsQuiet() && driver_.inbox().empty();
  });
}

void AgainstRun::Drain() {
  for (sim::Input& input : driver_.inbox().Drain()) {
    if (input.kind == "request.receive") {
      auto record = apiserver::UnpackWireRecord(input.bytes);
      SIM_CHECK(record.ok());
      live_.push_back({std::move(record).value(), std::move(input.run),
                       std::max(kernel_.now(), group_->clock()), sim::SteadyNow()});
    } else if (input.kind == "request.cancel") {
      const std::uint64_t id = sim::ByteReader(input.bytes).U64();
      std::erase_if(live_, [id](const LiveRequest& live) { return live.record.id == id; });
    } else if (input.kind == kProgramLineInput) {
      if (auto line = UnpackProgramLine(input.bytes); line.ok()) {
        outcome_.output.push_back(std::move(line->text));
        if (outcome_.output.size() > kShownOutputMax) {
          outcome_.output.erase(outcome_.output.begin());
        }
      }
    } else if (input.kind == kProgramExitInput) {
      if (auto exit = UnpackProgramExit(input.bytes); exit.ok()) exit_ = std::move(exit).value();
    }
    // The rest is in the recording: what was answered from outside.
  }
}

std::deque<LiveRequest>::iterator AgainstRun::FindLive(const apiserver::WireRequest& recorded) {
  return std::find_if(live_.begin(), live_.end(), [&](const LiveRequest& live) {
    return IsSameRequest(recorded, live.record.request, tolerance_);
  });
}

// When a program in real time gets to `time`: it waits as long as it did when it was recorded.
sim::WallTime AgainstRun::WallOf(sim::Time time) const {
  return base_wall_ +
         (time - base_time_) * 1000 / std::max<std::int64_t>(spec_.pacing.factor_milli, 1);
}

// The world stands; only for the report.
void AgainstRun::GoOnAlone() {
  if (!spec_.is_virtual) return;
  for (int turn = 0; turn < kGoOnTurnsMax && live_.empty() && !IsOver(); ++turn) {
    if (!group_->RunNext(kernel_.now(), kernel_.now() + kGoOnMax)) return;
    AwaitQuiet();
  }
}

bool AgainstRun::Differ(const AheadRecord* recorded) {
  AgainstDifference difference{.time = kernel_.now(), .recorded = {}, .now = {}, .details = {}};
  GoOnAlone();
  const LiveRequest* live = nullptr;
  for (const LiveRequest& other : live_) {
    const bool is_closer =
        live == nullptr ||
        (recorded != nullptr && RequestLikeness(recorded->own->request, other.record.request) >
                                    RequestLikeness(recorded->own->request, live->record.request));
    if (is_closer) live = &other;
  }
  if (recorded != nullptr) {
    difference.recorded = At(recorded->record.time, recorded->own->request);
  } else {
    difference.recorded =
        recorded_exit_ ? "it ended: " + recorded_exit_->text : "no further request";
  }
  if (live != nullptr) {
    difference.now = At(live->time, live->record.request);
    if (spec_.is_virtual) difference.time = std::min(difference.time, live->time);
  } else if (!stuck_.empty()) {
    difference.now = stuck_;
  } else if (exit_) {
    difference.now = "it ended: " + exit_->text;
  } else {
    difference.now = spec_.is_virtual ? "no request: it waits" : "no request within 10s";
  }
  if (recorded != nullptr && live != nullptr) {
    difference.details =
        RequestDifferences(recorded->own->request, live->record.request, tolerance_);
    if (difference.details.empty()) {
      difference.details.push_back("the same request at another time");
    }
  }
  outcome_.difference = std::move(difference);
  return true;
}

}  // namespace

sim::Result<AgainstOutcome> RunAgainst(const Scenario& scenario, sim::JournalReader& recording,
                                       std::uint32_t place) {
  AgainstRun run(scenario, recording, place);
  return run.Run(scenario);
}

}  // namespace scenarios
