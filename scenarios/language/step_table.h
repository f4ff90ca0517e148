// Every kind of step: its name, what it looks like, how it is read. One row per file of
// scenarios/steps.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/language/read_context.h"
#include "scenarios/language/shape.h"
#include "scenarios/language/step.h"

namespace scenarios {

struct StepKind {
  std::string_view name;
  std::string_view about;  // one sentence
  const Shape& (*shape)();
  // Requires: `node` is of that shape. Null only if problems were added.
  std::unique_ptr<Step> (*read)(const SourceNode& node, const std::string& field,
                                ReadContext& context);
};

std::span<const StepKind> StepKinds();

// The rows, each in its own file.
extern const StepKind kApplyStep;
extern const StepKind kCreateStep;
extern const StepKind kDeleteStep;
extern const StepKind kPatchStep;
extern const StepKind kScaleStep;
extern const StepKind kCordonStep;
extern const StepKind kUncordonStep;
extern const StepKind kDrainStep;
extern const StepKind kWaitStep;
extern const StepKind kAdvanceStep;
extern const StepKind kFaultStep;
extern const StepKind kRunStep;
extern const StepKind kExpectStep;
extern const StepKind kProgramStep;

}  // namespace scenarios
