// Carries out a scenario on a cluster: one coroutine that makes the steps' moves as kernel events.
//
// Invariants:
// (1) Everything it does follows from the scenario, the seed and the inputs: a replay does the
// same. (2) Steps act through the API as the user `admin`; only power is the world's.
// Threads: the kernel's only.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apiserver/client/client.h"
#include "scenarios/cluster.h"
#include "scenarios/language/scenario.h"
#include "scenarios/runner/event_trail.h"
#include "scenarios/runner/live_view.h"
#include "scenarios/runner/outside.h"
#include "scenarios/runner/run_report.h"
#include "sim/one_shot.h"
#include "sim/task_scope.h"

namespace scenarios {

class ScenarioRunner {
 public:
  // A cluster with programs counts as idle when nothing happened for so long: a program's answer to
  // what it has seen takes virtual time, however little.
  static constexpr sim::Duration kSettleSpan = std::chrono::seconds(1);

  // Before a program begins anew by its policy, as a kubelet does with containers: doubled each
  // time, and forgotten once it ran for long.
  static constexpr sim::Duration kBackoffMin = std::chrono::seconds(10);
  static constexpr sim::Duration kBackoffMax = std::chrono::minutes(5);
  static constexpr sim::Duration kBackoffForgotten = std::chrono::minutes(10);

  // All outlive the runner; `outside` may be null.
  ScenarioRunner(sim::Kernel& kernel, Cluster& cluster, const Scenario& scenario, Outside* outside);
  ~ScenarioRunner();
  ScenarioRunner(const ScenarioRunner&) = delete;
  ScenarioRunner& operator=(const ScenarioRunner&) = delete;

  // Programs start now, the first step is the kernel's next event.
  void Start();
  bool is_done() const { return is_done_; }
  // The steps that ended, and the one that failed.
  const std::vector<StepReport>& steps() const { return steps_; }
  const std::optional<RunFailure>& failure() const { return failure_; }
  std::size_t current_step() const { return current_step_; }
  std::vector<ProgramReport> program_reports() const;

  // Ends the run: two controllers fight, a program is never quiet.
  void Fail(const std::string& message, const std::string& object = {});

  // --- From inputs.
  void OnLine(const ProgramLine& line);
  void OnExit(const ProgramExit& exit);
  void OnListen(const ProgramListen& listen);
  void OnRequest(const apiserver::UserInfo& user, const apiserver::RequestInfo& info);

 private:
  struct Process {
    ProgramSpec spec;
    bool is_command = false;
    bool is_ready = false;
    std::set<std::string> watched{};
    bool has_logged = false;
    bool is_listening = false;
    std::set<std::string> lease_namespaces{};  // where it has written a Lease
    ProgramFacts facts{};
    bool is_to_end = false;  // A step ended it.
    std::int64_t request_count = 0;
    std::optional<ProgramExit> exit{};
    sim::Time began{};
    sim::Duration backoff{};  // before it begins anew; grows
  };

  sim::Task<> Run();
  sim::Task<> AwaitPrograms();
  sim::Task<> RunStep(std::size_t index);
  sim::Task<std::optional<apiserver::ApiError>> MakeCall(ApiCall call);
  sim::Task<> AwaitChange(StepMove move);
  sim::Task<CommandOutcome> RunCommand(ProgramSpec command);
  // Why it was impossible, or "".
  sim::Task<std::string> ChangeProgram(ProgramChange change);
  sim::Task<> EndProgram(std::uint32_t place, bool is_killed);
  void BeginAnew(std::uint32_t place);
  void BeginAnewLater(std::uint32_t place);
  bool HoldsLease(const Process& process) const;

  void NoteCommit(const apiserver::ChangePtr& change);
  void NoteChange();
  void Wake() { wake_.Set(); }
  void CheckIdleLater();
  bool IsIdle() const;
  const ProgramFacts* FindFacts(std::string_view program) const;
  void NoteProgramChange();
  bool IsReady(Process& process) const;
  bool IsDueForReadiness(const Process& process) const;
  // "operator: what it printed", of all programs.
  std::vector<std::string> LastOutput() const;
  void FailStep(const ScenarioStep& step, const StepFailure& failure);
  bool IsExpected(const ScenarioStep& step, const StepFailure& failure) const;
  std::vector<std::string> ApiEventsAbout(const std::string& object) const;

  sim::Kernel& kernel_;
  Cluster& cluster_;
  const Scenario& scenario_;
  Outside* const outside_;
  LiveView view_;
  apiserver::Client client_;
  EventTrail trail_;

  sim::Time began_{};
  std::map<std::uint32_t, Process> processes_;
  std::uint32_t next_place_ = 0;
  sim::Time last_change_{};

  sim::OneShot<> wake_;
  bool is_watching_ = false;
  bool is_watching_idle_ = false;
  std::optional<apiserver::GroupResource> watched_;
  sim::EventId check_event_;

  std::size_t current_step_ = 0;
  std::vector<StepReport> steps_;
  std::optional<RunFailure> failure_;
  bool is_done_ = false;
  sim::TaskScope tasks_;
};

}  // namespace scenarios
