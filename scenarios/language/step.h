// A step: what a user or the world does, as a machine of pure moves that somebody else carries out.
//
// Invariants:
// (1) A Step is immutable: one scenario runs under many seeds. (2) A StepRun decides from what it
// is shown and never waits; the runner carries out its move and asks again, until it is done or has
// failed. So steps need no coroutines, and tests need no cluster.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "scenarios/language/cluster_view.h"
#include "scenarios/language/program_spec.h"

namespace scenarios {

enum class CallVerb : std::uint8_t {
  kCreate,
  kApply,
  kMergePatch,
  kStrategicPatch,
  kJsonPatch,
  kDelete
};

// One request to the API, as the user `admin`.
struct ApiCall {
  CallVerb verb = CallVerb::kCreate;
  apiserver::GroupVersionResource resource;
  apiserver::ObjectKey key;
  apiserver::Value body;      // nothing for deletions
  std::string subresource{};  // "scale", "eviction", ...
  std::string propagation{};  // of deletions: "Background", "Foreground", "Orphan" or ""
  std::optional<std::int64_t> grace_period_seconds{};
};

// "create deployments.apps default/web".
std::string CallText(const ApiCall& call);

struct PowerChange {
  std::string node;
  bool has_power = false;
  std::optional<sim::Duration> undo_after{};
};

// What the world does to a program of the scenario.
struct ProgramChange {
  enum class Action : std::uint8_t { kKill, kStop, kContinue, kRestart };
  std::string program;
  Action action = Action::kKill;
  std::int64_t after_requests = 0;  // It is done once the program has made so many in all.
};

// Why a step, and with it the scenario, failed.
struct StepFailure {
  std::string message;
  std::vector<std::string> found{};  // what was there instead, line by line
  std::string object{};              // "default/web": whose last events are worth showing
  std::optional<apiserver::ApiError> status{};
};

struct StepMove {
  enum class Kind : std::uint8_t {
    kDone,
    kFailed,
    kCall,     // make `call`, then ask again
    kSleep,    // until `time`, then ask again
    kWatch,    // ask again whenever something changed, and at `time`
    kPower,    // carry out `power`, then ask again
    kCommand,  // run `command` to its end, then ask again
    kProgram,  // carry out `program`, then ask again
  };
  Kind kind = Kind::kDone;
  StepFailure failure{};
  ApiCall call{};
  sim::Time time{};
  // Of kWatch: changes of other resources say nothing. Not given: all may.
  std::optional<apiserver::GroupResource> watched{};
  bool is_for_idle = false;  // of kWatch: also ask when nothing is left to do
  PowerChange power{};
  ProgramSpec command{};
  ProgramChange program{};

  static StepMove Done() { return {}; }
  static StepMove Failed(StepFailure failure) {
    StepMove move{.kind = Kind::kFailed};
    move.failure = std::move(failure);
    return move;
  }
  static StepMove Call(ApiCall call) {
    StepMove move{.kind = Kind::kCall};
    move.call = std::move(call);
    return move;
  }
  static StepMove Sleep(sim::Time time) {
    StepMove move{.kind = Kind::kSleep};
    move.time = time;
    return move;
  }
  static StepMove Watch(sim::Time time,
                        std::optional<apiserver::GroupResource> watched = std::nullopt) {
    StepMove move{.kind = Kind::kWatch};
    move.time = time;
    move.watched = std::move(watched);
    return move;
  }
};

// How a command ended.
struct CommandOutcome {
  std::string exit_text;  // "exit code 1"; "" when it could not start
  int exit_code = -1;     // -1 when it was killed or could not start
  bool is_timed_out = false;
  std::vector<std::string> output{};  // its lines, both streams
};

// What a step is shown when it is asked.
struct StepInput {
  const ClusterView& view;
  sim::Time scenario_began;
  sim::Time began;  // when this step was asked first
  // Of the call that was made last.
  std::optional<apiserver::ApiError> call_error{};
  std::optional<CommandOutcome> command_outcome{};
  std::string power_problem{};    // why the power change was impossible, or ""
  std::string program_problem{};  // why the change of a program was impossible, or ""
};

class StepRun {
 public:
  virtual ~StepRun() = default;
  virtual StepMove Next(const StepInput& input) = 0;
};

class Step {
 public:
  virtual ~Step() = default;
  virtual std::unique_ptr<StepRun> Begin() const = 0;
  // Names what it does in a few words: "apply default/web".
  virtual std::string Title() const = 0;
};

// The failure that shows the Status of `error`.
StepFailure FailureOf(const ApiCall& call, const apiserver::ApiError& error);

}  // namespace scenarios
