// Closes a node for new pods, and opens it again: kubectl cordon and uncordon.
#include "scenarios/language/step_table.h"
#include "scenarios/steps/target.h"

namespace scenarios {
namespace {

class CordonStep final : public Step {
 public:
  CordonStep(std::string node, bool is_closing)
      : target_{.resource = "nodes", .name = std::move(node)}, is_closing_(is_closing) {}
  std::unique_ptr<StepRun> Begin() const override {
    ApiCall call{.verb = CallVerb::kMergePatch, .resource = {}, .key = {}, .body = {}};
    // null takes the field away, as kubectl does.
    call.body = apiserver::Object{
        {"spec", apiserver::Object{{"unschedulable", is_closing_ ? apiserver::Value(true)
                                                                 : apiserver::Value(nullptr)}}}};
    return std::make_unique<TargetRun>(target_, std::move(call));
  }
  std::string Title() const override {
    return (is_closing_ ? "cordon " : "uncordon ") + target_.name;
  }

 private:
  const Target target_;
  const bool is_closing_;
};

const Shape& CordonShape() {
  static const Shape map{.kind = Shape::Kind::kObject,
                         .fields = {{"node", &kTextShape, "The node's name.", true}}};
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kTextShape, &map}};
  return shape;
}

std::unique_ptr<Step> ReadCordon(const SourceNode& node, const std::string&, ReadContext&) {
  return std::make_unique<CordonStep>(ReadNodeName(node), true);
}

std::unique_ptr<Step> ReadUncordon(const SourceNode& node, const std::string&, ReadContext&) {
  return std::make_unique<CordonStep>(ReadNodeName(node), false);
}

}  // namespace

const StepKind kCordonStep = {"cordon", "Closes a node for new pods.", &CordonShape, &ReadCordon};
const StepKind kUncordonStep = {"uncordon", "Opens a node for new pods.", &CordonShape,
                                &ReadUncordon};

}  // namespace scenarios
