#include "scenarios/language/step_table.h"

#include <vector>

namespace scenarios {

std::span<const StepKind> StepKinds() {
  static const std::vector<StepKind> kinds = {
      kApplyStep, kCreateStep, kDeleteStep, kPatchStep,   kScaleStep, kCordonStep, kUncordonStep,
      kDrainStep, kExpectStep, kWaitStep,   kAdvanceStep, kFaultStep, kRunStep,    kProgramStep};
  return kinds;
}

}  // namespace scenarios
