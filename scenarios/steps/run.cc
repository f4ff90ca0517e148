// Runs a command against the cluster, with KUBECONFIG in its environment, and looks at how it ends.
#include "scenarios/language/output_pattern.h"
#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

constexpr std::size_t kShownLinesMax = 20;

struct RunSpec {
  ProgramSpec command;
  std::int64_t exit_code = 0;
  std::optional<OutputPattern> output;
};

class CommandRun final : public StepRun {
 public:
  explicit CommandRun(const RunSpec& spec) : spec_(spec) {}

  StepMove Next(const StepInput& input) override {
    if (!is_started_) {
      is_started_ = true;
      StepMove move;
      move.kind = StepMove::Kind::kCommand;
      move.command = spec_.command;
      return move;
    }
    const CommandOutcome& outcome = *input.command_outcome;
    const std::string name = "command " + spec_.command.name;
    if (outcome.is_timed_out) {
      return Failed(name + " did not end within " + sim::DurationText(spec_.command.timeout),
                    outcome);
    }
    if (outcome.exit_code != spec_.exit_code) {
      return Failed(name + " ended with " + outcome.exit_text + ", want exit code " +
                        std::to_string(spec_.exit_code),
                    outcome);
    }
    if (!spec_.output) return StepMove::Done();
    const std::string problem = OutputProblem(*spec_.output, outcome.output);
    return problem.empty() ? StepMove::Done() : Failed(name + ": " + problem, outcome);
  }

 private:
  static StepMove Failed(std::string message, const CommandOutcome& outcome) {
    StepFailure failure{.message = std::move(message)};
    const std::size_t count = outcome.output.size();
    for (std::size_t at = count > kShownLinesMax ? count - kShownLinesMax : 0; at < count; ++at) {
      failure.found.push_back(outcome.output[at]);
    }
    if (failure.found.empty()) failure.found.push_back("it printed nothing");
    return StepMove::Failed(std::move(failure));
  }

  const RunSpec& spec_;
  bool is_started_ = false;
};

class RunStep final : public Step {
 public:
  explicit RunStep(RunSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<CommandRun>(spec_); }
  std::string Title() const override {
    std::string title = "run";
    for (const std::string& word : spec_.command.command) title += " " + word;
    return title;
  }

 private:
  const RunSpec spec_;
};

const Shape& RunShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {
          {"command", &kTextListShape, "The program, looked up in PATH, and its arguments.", true},
          {"env", &kTextMapShape, "Variables beside those of orrery itself and KUBECONFIG."},
          {"workingDirectory", &kTextShape, "Relative to the scenario file, which is the default."},
          {"pacing", &kTextShape,
           "virtual (the default): it runs on virtual time; or real, or x10."},
          {"timeout", &kDurationShape, "How long it may take; 5m when not given."},
          {"exitCode", &kIntegerShape, "How it must end; 0 when not given."},
          {"output", &OutputShape(), "What it must print; a text is one that a line contains."}}};
  return shape;
}

std::unique_ptr<Step> ReadRun(const SourceNode& node, const std::string& field,
                              ReadContext& context) {
  RunSpec spec;
  spec.command.line = node.line;
  spec.command.command = ReadTexts(*node.Find("command"));
  if (spec.command.command.empty()) {
    context.problems.Add(node.line, field + ".command", "is empty");
    return nullptr;
  }
  spec.command.name = spec.command.command.front();
  spec.command.environment = ReadTextMap(node.Find("env"));
  spec.command.directory = node.TextAt("workingDirectory");
  ReadPacing(node.Find("pacing"), field + ".pacing", context.problems, spec.command);
  spec.command.timeout = ReadDuration(node.Find("timeout"), spec.command.timeout);
  spec.exit_code = ReadInteger(node.Find("exitCode"), 0);
  if (const SourceNode* output = node.Find("output")) {
    spec.output = ReadOutput(*output, field + ".output", context.problems);
  }
  return std::make_unique<RunStep>(std::move(spec));
}

}  // namespace

const StepKind kRunStep = {"run", "Runs a command against the cluster.", &RunShape, &ReadRun};

}  // namespace scenarios
