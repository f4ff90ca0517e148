#include "scenarios/steps/manifest_run.h"

#include "sim/time_text.h"

namespace scenarios {
namespace {

class ManifestRun final : public StepRun {
 public:
  ManifestRun(CallVerb verb, const std::vector<Manifest>& manifests)
      : verb_(verb), manifests_(manifests) {}

  StepMove Next(const StepInput& input) override {
    if (is_called_ && input.call_error) {
      return StepMove::Failed(FailureOf(last_call_, *input.call_error));
    }
    if (is_called_) {
      ++index_;
      is_called_ = false;
    }
    if (index_ == manifests_.size()) return StepMove::Done();
    const Manifest& manifest = manifests_[index_];
    const auto resource = input.view.FindKind(manifest.kind);
    if (!resource) {
      const sim::Time deadline = input.began + kServedWaitMax;
      if (input.view.now() < deadline) return StepMove::Watch(deadline);
      return StepMove::Failed(UnservedKind(manifest));
    }
    is_called_ = true;
    last_call_ = {.verb = verb_,
                  .resource = resource->resource,
                  .key = KeyOf(manifest, *resource),
                  .body = manifest.object};
    return StepMove::Call(last_call_);
  }

 private:
  const CallVerb verb_;
  const std::vector<Manifest>& manifests_;
  std::size_t index_ = 0;
  bool is_called_ = false;
  ApiCall last_call_;
};

}  // namespace

std::unique_ptr<StepRun> SendManifests(CallVerb verb, const std::vector<Manifest>& manifests) {
  return std::make_unique<ManifestRun>(verb, manifests);
}

StepFailure UnservedKind(const Manifest& manifest) {
  return {.message = "no matches for kind \"" + manifest.kind.kind + "\" in version \"" +
                     manifest.kind.api_version() + "\": the cluster does not serve it"};
}

}  // namespace scenarios
