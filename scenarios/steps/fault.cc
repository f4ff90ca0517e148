// What the world does to a node: its power goes, and comes back.
#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

class FaultRun final : public StepRun {
 public:
  explicit FaultRun(const PowerChange& change) : change_(change) {}
  StepMove Next(const StepInput& input) override {
    if (is_made_) {
      if (input.power_problem.empty()) return StepMove::Done();
      return StepMove::Failed({.message = input.power_problem, .object = change_.node});
    }
    is_made_ = true;
    StepMove move;
    move.kind = StepMove::Kind::kPower;
    move.power = change_;
    return move;
  }

 private:
  const PowerChange& change_;
  bool is_made_ = false;
};

class FaultStep final : public Step {
 public:
  explicit FaultStep(PowerChange change) : change_(std::move(change)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<FaultRun>(change_); }
  std::string Title() const override {
    std::string title = change_.has_power ? "power return of " : "power loss of ";
    title += change_.node;
    if (change_.undo_after) title += " for " + sim::DurationText(*change_.undo_after);
    return title;
  }

 private:
  const PowerChange change_;
};

const Shape& FaultShape() {
  static const Shape kind{.kind = Shape::Kind::kText, .words = {"power-loss", "power-return"}};
  static const Shape shape{.kind = Shape::Kind::kObject,
                           .fields = {{"node", &kTextShape, "The node's name.", true},
                                      {"kind", &kind, "What happens to it.", true},
                                      {"for", &kDurationShape, "After this it is undone."}}};
  return shape;
}

std::unique_ptr<Step> ReadFault(const SourceNode& node, const std::string& field,
                                ReadContext& context) {
  PowerChange change;
  change.node = node.TextAt("node");
  change.has_power = node.TextAt("kind") == "power-return";
  if (const SourceNode* duration = node.Find("for")) {
    change.undo_after = ReadDuration(duration, {});
    if (change.has_power) {
      context.problems.Add(duration->line, field + ".for", "says nothing beside power-return");
    }
  }
  return std::make_unique<FaultStep>(std::move(change));
}

}  // namespace

const StepKind kFaultStep = {"fault", "Lets something fail.", &FaultShape, &ReadFault};

}  // namespace scenarios
