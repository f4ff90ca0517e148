// What the world does to a program: it is killed, stands still for a while, goes on, begins anew.
#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"

namespace scenarios {
namespace {

class ProgramRun final : public StepRun {
 public:
  explicit ProgramRun(const ProgramChange& change) : change_(change) {}
  StepMove Next(const StepInput& input) override {
    if (is_made_) {
      if (input.program_problem.empty()) return StepMove::Done();
      return StepMove::Failed({.message = input.program_problem});
    }
    is_made_ = true;
    StepMove move;
    move.kind = StepMove::Kind::kProgram;
    move.program = change_;
    return move;
  }

 private:
  const ProgramChange& change_;
  bool is_made_ = false;
};

class ProgramStep final : public Step {
 public:
  ProgramStep(ProgramChange change, std::string title)
      : change_(std::move(change)), title_(std::move(title)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<ProgramRun>(change_); }
  std::string Title() const override { return title_; }

 private:
  const ProgramChange change_;
  const std::string title_;
};

const Shape& ProgramStepShape() {
  static const Shape action{.kind = Shape::Kind::kText,
                            .words = {"kill", "stop", "continue", "restart"}};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"name", &kTextShape, "The program's name.", true},
                 {"do", &action, "What happens to it.", true},
                 {"afterRequests", &kIntegerShape, "Once it has made so many requests in all."}}};
  return shape;
}

ProgramChange::Action ActionOf(const std::string& word) {
  if (word == "stop") return ProgramChange::Action::kStop;
  if (word == "continue") return ProgramChange::Action::kContinue;
  return word == "restart" ? ProgramChange::Action::kRestart : ProgramChange::Action::kKill;
}

std::unique_ptr<Step> ReadProgramStep(const SourceNode& node, const std::string& field,
                                      ReadContext& context) {
  ProgramChange change;
  change.program = node.TextAt("name");
  change.action = ActionOf(node.TextAt("do"));
  change.after_requests = ReadInteger(node.Find("afterRequests"), 0);
  if (change.after_requests < 0) {
    context.problems.Add(node.line, field + ".afterRequests", "is negative");
  }
  std::string title = node.TextAt("do") + " " + change.program;
  if (change.after_requests > 0) {
    title += " after " + std::to_string(change.after_requests) + " requests";
  }
  return std::make_unique<ProgramStep>(std::move(change), std::move(title));
}

}  // namespace

const StepKind kProgramStep = {"program", "Ends, stops, continues or restarts a program.",
                               &ProgramStepShape, &ReadProgramStep};

}  // namespace scenarios
