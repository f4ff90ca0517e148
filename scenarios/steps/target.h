// One object that a step acts on: `resource: TYPE/NAME` and `namespace`.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/language/read_context.h"
#include "scenarios/language/shape.h"
#include "scenarios/language/step.h"

namespace scenarios {

struct Target {
  std::string resource;
  std::string name;
  std::string namespace_ = "default";
  std::string Text() const { return resource + "/" + name; }
};

std::vector<ShapeField> TargetFields();
// Requires: `node` has those fields in their shapes.
Target ReadTarget(const SourceNode& node, const std::string& field, ReadContext& context);

// A call on the target without verb and body, or the failure of a resource that is not served.
std::variant<ApiCall, StepFailure> CallOn(const Target& target, const ClusterView& view);

// Makes one call on a target, which outlives the run; `call` says all but where.
class TargetRun final : public StepRun {
 public:
  TargetRun(const Target& target, ApiCall call) : target_(target), call_(std::move(call)) {}
  StepMove Next(const StepInput& input) override;

 private:
  const Target& target_;
  ApiCall call_;
  bool is_called_ = false;
};

// The node of a step on a node: its name, or a map with the field `node`.
std::string ReadNodeName(const SourceNode& node);

}  // namespace scenarios
