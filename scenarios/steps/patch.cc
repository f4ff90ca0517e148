// Patches one object, as kubectl patch does.
#include "scenarios/language/step_table.h"
#include "scenarios/steps/target.h"

namespace scenarios {
namespace {

class PatchStep final : public Step {
 public:
  PatchStep(Target target, ApiCall call) : target_(std::move(target)), call_(std::move(call)) {}
  std::unique_ptr<StepRun> Begin() const override {
    return std::make_unique<TargetRun>(target_, call_);
  }
  std::string Title() const override { return "patch " + target_.Text(); }

 private:
  const Target target_;
  const ApiCall call_;
};

const Shape& PatchShape() {
  static const Shape type{.kind = Shape::Kind::kText, .words = {"merge", "strategic", "json"}};
  static const Shape shape = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = TargetFields()};
    made.fields.push_back({"type", &type, "How it is merged; `merge` when not given."});
    made.fields.push_back({"subresource", &kTextShape, "Such as status."});
    made.fields.push_back(
        {"patch", &kAnythingShape, "The patch: a map, or a list for json.", true});
    return made;
  }();
  return shape;
}

CallVerb VerbOf(const std::string& type) {
  if (type == "strategic") return CallVerb::kStrategicPatch;
  return type == "json" ? CallVerb::kJsonPatch : CallVerb::kMergePatch;
}

std::unique_ptr<Step> ReadPatch(const SourceNode& node, const std::string& field,
                                ReadContext& context) {
  ApiCall call;
  call.verb = VerbOf(node.TextAt("type"));
  call.subresource = node.TextAt("subresource");
  const SourceNode& patch = *node.Find("patch");
  const auto wanted =
      call.verb == CallVerb::kJsonPatch ? SourceNode::Kind::kList : SourceNode::Kind::kMap;
  if (patch.kind != wanted) {
    context.problems.Add(patch.line, field + ".patch",
                         wanted == SourceNode::Kind::kList
                             ? "want a list of operations, as type json has it"
                             : "want a map: the part of the object that changes");
  }
  call.body = ToValue(patch);
  return std::make_unique<PatchStep>(ReadTarget(node, field, context), std::move(call));
}

}  // namespace

const StepKind kPatchStep = {"patch", "Patches one object.", &PatchShape, &ReadPatch};

}  // namespace scenarios
