// orrery run: replays scenario files, and says how each went.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "apiserver/api/json_write.h"
#include "scenarios/command.h"
#include "scenarios/report/machine_reports.h"
#include "scenarios/report/text_report.h"
#include "scenarios/runner/history.h"
#include "scenarios/runner/scenario_run.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/runner/trail_folders.h"
#include "scenarios/scenario_files.h"
#include "scenarios/seed_range.h"
#include "sim/host/clock.h"
#include "sim/log.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

struct RunArguments {
  std::vector<std::string> files;
  std::string seed = "0";
  int repeat_count = 1;
  std::string record;
  std::string junit;
  std::string report = "text";
  bool keeps_going = false;
  bool wants_roles = false;
};

// One line on a terminal that is written over; nothing in a pipe.
class Progress {
 public:
  Progress() : is_shown_(::isatty(STDERR_FILENO) != 0) {}

  std::function<void(std::size_t, sim::Time)> Of(const Scenario& scenario) {
    if (!is_shown_) return {};
    return [this, &scenario](std::size_t step, sim::Time now) {
      const sim::WallTime wall = sim::SteadyNow();
      if (wall - last_ < std::chrono::milliseconds(200)) return;
      last_ = wall;
      std::fprintf(stderr, "\r\033[K%s: step %zu of %zu, virtual %s", scenario.name.c_str(),
                   step + 1, scenario.steps.size(),
                   sim::DurationText(now - scenario.cluster.start).c_str());
      std::fflush(stderr);
      is_written_ = true;
    };
  }
  void Clear() {
    if (is_written_) std::fputs("\r\033[K", stderr);
    is_written_ = false;
  }

 private:
  const bool is_shown_;
  bool is_written_ = false;
  sim::WallTime last_{};
};

class RunCommand {
 public:
  explicit RunCommand(const RunArguments& arguments)
      : arguments_(arguments),
        has_color_(sim::WantsColor(::isatty(STDOUT_FILENO) != 0, std::getenv("NO_COLOR"))) {}

  int Run() {
    const auto seeds = ParseSeedRange(arguments_.seed);
    if (!seeds.ok()) return Fail(seeds.error().message);
    auto scenarios = ReadAll();
    if (!scenarios) return kExitBadUsage;
    const bool is_one = scenarios->size() == 1 && seeds->count() == 1;
    if (!arguments_.record.empty() && (!is_one || arguments_.repeat_count != 1)) {
      return Fail("--record keeps one run: one scenario, one seed, no --repeat");
    }
    for (const Scenario& scenario : *scenarios) {
      for (std::uint64_t seed = seeds->first; seed <= seeds->last; ++seed) {
        if (auto error = RunOnce(scenario, seed); !error.empty()) return Fail(error);
        const bool goes_on = reports_.back().has_passed() || arguments_.keeps_going;
        if (!goes_on) return Finish();
        if (seed == seeds->last) break;
      }
    }
    return Finish();
  }

 private:
  static int Fail(const std::string& message) {
    std::fprintf(stderr, "orrery: %s\n", message.c_str());
    return kExitBadUsage;
  }

  // All files are read before any runs: a bad one is known at once.
  std::optional<std::vector<Scenario>> ReadAll() const {
    const ScenarioNames names = KnownNames();
    std::vector<Scenario> scenarios;
    bool is_well = true;
    for (const std::string& file : arguments_.files) {
      auto scenario = ReadScenarioFile(file, names);
      if (scenario.ok()) {
        scenarios.push_back(std::move(scenario).value());
        continue;
      }
      is_well = false;
      for (const Problem& problem : scenario.error()) {
        std::fprintf(stderr, "%s\n", problem.Text().c_str());
      }
    }
    if (!is_well) return std::nullopt;
    return scenarios;
  }

  // Runs and reports; an error when the world refused.
  std::string RunOnce(const Scenario& scenario, std::uint64_t seed) {
    std::optional<RunReport> first;
    const bool keeps_history = scenario.has_outside && arguments_.repeat_count > 1;
    std::optional<TrailFolders> trails;
    if (keeps_history) {
      auto made = TrailFolders::Make();
      if (!made.ok()) return made.error().message;
      trails.emplace(std::move(made).value());
    }
    for (int round = 0; round < arguments_.repeat_count; ++round) {
      auto report = RunScenario(scenario, {.seed = seed,
                                           .keeps_history = keeps_history,
                                           .collects_roles = arguments_.wants_roles,
                                           .record = arguments_.record,
                                           .trails = trails ? trails->ForRound(round) : "",
                                           .progress = progress_.Of(scenario)});
      if (!report.ok()) return report.error().message;
      if (!first) {
        first = std::move(report).value();
        continue;
      }
      first->wall += report->wall;
      ++first->run_count;
      // Runs with programs in real time may differ; their verdict may not.
      if (!scenario.has_real_time && report->digest != first->digest && !first->has_differed) {
        first->has_differed = true;
        first->parting = DescribeParting(first->history, report->history);
        for (std::string& line : trails->Compare()) first->parting.push_back(std::move(line));
      }
      if (!first->failure && report->failure) first->failure = std::move(report->failure);
    }
    progress_.Clear();
    reports_.push_back(std::move(*first));
    if (arguments_.report == "text") {
      std::fputs(TextReport(reports_.back(), has_color_).c_str(), stdout);
      std::fflush(stdout);
    }
    return "";
  }

  int Finish() const {
    if (arguments_.report == "json") {
      apiserver::Array array;
      for (const RunReport& report : reports_) array.push_back(JsonReport(report));
      std::string text;
      apiserver::AppendJsonPretty(array, text);
      std::puts(text.c_str());
    }
    if (!arguments_.junit.empty()) {
      std::FILE* file = std::fopen(arguments_.junit.c_str(), "w");
      const std::string xml = JUnitReport(reports_);
      const bool is_written = file != nullptr && std::fputs(xml.c_str(), file) >= 0;
      if (file == nullptr || std::fclose(file) != 0 || !is_written) {
        return Fail("cannot write " + arguments_.junit);
      }
    }
    int status = kExitWell;
    for (const RunReport& report : reports_) {
      if (report.failure) return kExitFailed;
      if (report.has_differed) status = kExitDiffered;
    }
    return status;
  }

  const RunArguments& arguments_;
  const bool has_color_;
  Progress progress_;
  std::vector<RunReport> reports_;
};

}  // namespace

Command AddRunCommand(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* run = app.add_subcommand("run", "replay scenarios: 0 passed, 1 failed, 2 bad file");
  run->add_option("SCENARIO", arguments->files, "scenario files")->required();
  run->add_option("--seed", arguments->seed, "the seed, or a range A..B of seeds, one run each")
      ->capture_default_str();
  run->add_option("--repeat", arguments->repeat_count,
                  "run each so often; another digest is exit status 3")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  run->add_option("--record", arguments->record,
                  "keep the run in this file, for `orrery replay`; bodies of Secrets are in it");
  run->add_option("--junit", arguments->junit, "also write JUnit XML to this file");
  run->add_option("--report", arguments->report, "text, or json with all steps")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  run->add_flag("--least-role", arguments->wants_roles,
                "also print the smallest roles that programs used, and what they were refused");
  run->add_flag("--keep-going", arguments->keeps_going, "go on after a failure");
  run->footer("Example: orrery run scenarios/library/*/*.yaml --seed 1..20 --junit report.xml");
  return {run, [arguments] { return RunCommand(*arguments).Run(); }};
}

}  // namespace scenarios
