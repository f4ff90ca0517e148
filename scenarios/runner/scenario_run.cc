#include "scenarios/runner/scenario_run.h"

#include "scenarios/runner/history.h"
#include "scenarios/runner/program_run.h"
#include "scenarios/runner/scenario_session.h"
#include "sim/host/clock.h"
#include "sim/journal.h"

namespace scenarios {
namespace {

constexpr std::uint64_t kEventsBetweenProgress = 4096;

sim::Result<std::unique_ptr<sim::JournalWriter>> Record(const std::string& path,
                                                        const Scenario& scenario,
                                                        std::uint64_t seed) {
  sim::JournalHeader header;
  header.build_id = kBuildId;
  header.command = "run";
  header.seed = seed;
  header.start = scenario.cluster.start;
  header.files = scenario.files;
  return sim::JournalWriter::Create(path, header);
}

// Nobody outside takes part: nothing to wait for.
void RunAlone(ScenarioSession& session, const ScenarioRunOptions& options) {
  sim::Kernel& kernel = session.kernel();
  while (!session.runner().is_done() && kernel.RunNext()) {
    if (options.progress && kernel.position() % kEventsBetweenProgress == 0) {
      options.progress(session.runner().current_step(), kernel.now());
    }
  }
}

RunReport ReportOf(const Scenario& scenario, ScenarioSession& session, std::uint64_t seed) {
  RunReport report;
  report.file = scenario.file;
  report.name = scenario.name;
  report.seed = seed;
  report.began = scenario.cluster.start;
  report.ended = session.kernel().now();
  report.digest = session.kernel().FinalDigest().Hex();
  report.has_outside = scenario.has_outside;
  report.has_real_time = scenario.has_real_time;
  report.steps = session.runner().steps();
  report.programs = session.runner().program_reports();
  report.failure = session.runner().failure();
  return report;
}

}  // namespace

sim::Result<RunReport> RunScenario(const Scenario& scenario, const ScenarioRunOptions& options) {
  const sim::WallTime wall_began = sim::SteadyNow();
  ScenarioSession session(scenario, options.seed);
  session.kernel().DescribeOnCheckFailure();
  std::unique_ptr<sim::JournalWriter> journal;
  if (!options.record.empty()) {
    auto made = Record(options.record, scenario, options.seed);
    if (!made.ok()) return made.error();
    journal = std::move(made).value();
    session.kernel().SetInputSink(journal.get());
  }
  History history;
  if (options.keeps_history) session.kernel().AddObserver(&history);
  RoleCollector roles(scenario, session.cluster().api().authorizer());
  if (scenario.has_outside) {
    auto ran =
        RunWithPrograms(scenario, session, options, options.collects_roles ? &roles : nullptr);
    if (!ran.ok()) return ran.error();
  } else {
    if (auto begun = session.Begin(nullptr); !begun.ok()) return begun.error();
    RunAlone(session, options);
  }
  RunReport report = ReportOf(scenario, session, options.seed);
  roles.Fill(report.programs);
  if (options.keeps_history) {
    session.kernel().RemoveObserver(&history);
    report.history = history.TakeLines();
  }
  report.wall = sim::SteadyNow() - wall_began;
  if (journal) {
    const auto finished =
        journal->Finish(session.kernel().position(), session.kernel().now(), report.digest);
    session.kernel().SetInputSink(nullptr);
    if (!finished.ok()) return finished.error();
  }
  return report;
}

}  // namespace scenarios
