// Creates objects from manifests, as kubectl create does: one that exists already is a failure.
#include "scenarios/language/step_table.h"
#include "scenarios/steps/manifest_run.h"

namespace scenarios {
namespace {

class CreateStep final : public Step {
 public:
  explicit CreateStep(std::vector<Manifest> manifests) : manifests_(std::move(manifests)) {}
  std::unique_ptr<StepRun> Begin() const override {
    return SendManifests(CallVerb::kCreate, manifests_);
  }
  std::string Title() const override { return TitleOf("create", manifests_); }

 private:
  const std::vector<Manifest> manifests_;
};

const Shape& CreateShape() {
  static const Shape shape{.kind = Shape::Kind::kObject, .fields = ManifestFields()};
  return shape;
}

std::unique_ptr<Step> ReadCreate(const SourceNode& node, const std::string& field,
                                 ReadContext& context) {
  return std::make_unique<CreateStep>(ReadManifests(node, field, context));
}

}  // namespace

const StepKind kCreateStep = {"create", "Creates the objects of manifests.", &CreateShape,
                              &ReadCreate};

}  // namespace scenarios
