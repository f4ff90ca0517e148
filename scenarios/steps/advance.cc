// Lets a span of virtual time pass.
#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

class AdvanceRun final : public StepRun {
 public:
  explicit AdvanceRun(sim::Duration duration) : duration_(duration) {}
  StepMove Next(const StepInput& input) override {
    const sim::Time end = input.began + duration_;
    return input.view.now() < end ? StepMove::Sleep(end) : StepMove::Done();
  }

 private:
  const sim::Duration duration_;
};

class AdvanceStep final : public Step {
 public:
  explicit AdvanceStep(sim::Duration duration) : duration_(duration) {}
  std::unique_ptr<StepRun> Begin() const override {
    return std::make_unique<AdvanceRun>(duration_);
  }
  std::string Title() const override { return "advance " + sim::DurationText(duration_); }

 private:
  const sim::Duration duration_;
};

const Shape& AdvanceShape() { return kDurationShape; }

std::unique_ptr<Step> ReadAdvance(const SourceNode& node, const std::string&, ReadContext&) {
  return std::make_unique<AdvanceStep>(ReadDuration(&node, {}));
}

}  // namespace

const StepKind kAdvanceStep = {"advance", "Lets a span of virtual time pass.", &AdvanceShape,
                               &ReadAdvance};

}  // namespace scenarios
