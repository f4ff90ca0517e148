// Sets the replicas of anything that has a scale, as kubectl scale does.
#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "scenarios/steps/target.h"

namespace scenarios {
namespace {

class ScaleStep final : public Step {
 public:
  ScaleStep(Target target, std::int64_t replicas)
      : target_(std::move(target)), replicas_(replicas) {}
  std::unique_ptr<StepRun> Begin() const override {
    ApiCall call{.verb = CallVerb::kMergePatch, .resource = {}, .key = {}, .body = {}};
    call.body = apiserver::Object{{"spec", apiserver::Object{{"replicas", replicas_}}}};
    call.subresource = "scale";
    return std::make_unique<TargetRun>(target_, std::move(call));
  }
  std::string Title() const override {
    return "scale " + target_.Text() + " to " + std::to_string(replicas_);
  }

 private:
  const Target target_;
  const std::int64_t replicas_;
};

const Shape& ScaleShape() {
  static const Shape shape = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = TargetFields()};
    made.fields.push_back({"replicas", &kIntegerShape, "How many there shall be.", true});
    return made;
  }();
  return shape;
}

std::unique_ptr<Step> ReadScale(const SourceNode& node, const std::string& field,
                                ReadContext& context) {
  return std::make_unique<ScaleStep>(ReadTarget(node, field, context),
                                     ReadInteger(node.Find("replicas"), 0));
}

}  // namespace

const StepKind kScaleStep = {"scale", "Sets the replicas of a workload.", &ScaleShape, &ReadScale};

}  // namespace scenarios
