// Applies manifests as kubectl apply --server-side does: what is there is changed, what is not is
// made.
#include "scenarios/language/step_table.h"
#include "scenarios/steps/manifest_run.h"

namespace scenarios {
namespace {

class ApplyStep final : public Step {
 public:
  explicit ApplyStep(std::vector<Manifest> manifests) : manifests_(std::move(manifests)) {}
  std::unique_ptr<StepRun> Begin() const override {
    return SendManifests(CallVerb::kApply, manifests_);
  }
  std::string Title() const override { return TitleOf("apply", manifests_); }

 private:
  const std::vector<Manifest> manifests_;
};

const Shape& ApplyShape() {
  static const Shape shape{.kind = Shape::Kind::kObject, .fields = ManifestFields()};
  return shape;
}

std::unique_ptr<Step> ReadApply(const SourceNode& node, const std::string& field,
                                ReadContext& context) {
  return std::make_unique<ApplyStep>(ReadManifests(node, field, context));
}

}  // namespace

const StepKind kApplyStep = {"apply",
                             "Server-side apply of manifests, as the field manager orrery.",
                             &ApplyShape, &ReadApply};

}  // namespace scenarios
