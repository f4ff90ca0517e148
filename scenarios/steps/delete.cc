// Deletes one object, all that a selector takes, or those of manifests, as kubectl delete does, but
// does not wait for them to be gone.
#include "scenarios/language/step_table.h"
#include "scenarios/language/subject.h"
#include "scenarios/language/values.h"
#include "scenarios/steps/manifest_run.h"

namespace scenarios {
namespace {

struct DeleteSpec {
  std::optional<Subject> subject;
  std::vector<Manifest> manifests;
  std::string propagation;
  std::optional<std::int64_t> grace_period_seconds;
};

class DeleteRun final : public StepRun {
 public:
  explicit DeleteRun(const DeleteSpec& spec) : spec_(spec) {}

  StepMove Next(const StepInput& input) override {
    if (!is_planned_) {
      is_planned_ = true;
      if (auto failure = Plan(input.view)) return StepMove::Failed(std::move(*failure));
    } else if (input.call_error) {
      return StepMove::Failed(FailureOf(calls_[index_ - 1], *input.call_error));
    }
    if (index_ == calls_.size()) return StepMove::Done();
    return StepMove::Call(calls_[index_++]);
  }

 private:
  void Add(const ServedResource& resource, apiserver::ObjectKey key) {
    ApiCall call{.verb = CallVerb::kDelete,
                 .resource = resource.resource,
                 .key = std::move(key),
                 .body = {}};
    call.propagation = spec_.propagation;
    call.grace_period_seconds = spec_.grace_period_seconds;
    calls_.push_back(std::move(call));
  }

  std::optional<StepFailure> Plan(const ClusterView& view) {
    for (const Manifest& manifest : spec_.manifests) {
      const auto resource = view.FindKind(manifest.kind);
      if (!resource) return UnservedKind(manifest);
      Add(*resource, KeyOf(manifest, *resource));
    }
    if (!spec_.subject) return std::nullopt;
    const Subject& subject = *spec_.subject;
    const auto resource = view.FindResource(subject.resource);
    if (!resource) {
      return StepFailure{.message = "the cluster serves no resource \"" + subject.resource + "\""};
    }
    const std::string namespace_ = resource->is_namespaced ? subject.namespace_ : "";
    if (!subject.name.empty()) {
      Add(*resource, {namespace_, subject.name});
      return std::nullopt;
    }
    for (const auto& object :
         view.List(resource->resource.group_resource(), namespace_ == "*" ? "" : namespace_)) {
      if (subject.selector.Matches(object->meta().labels)) Add(*resource, object->key());
    }
    return std::nullopt;
  }

  const DeleteSpec& spec_;
  bool is_planned_ = false;
  std::vector<ApiCall> calls_;
  std::size_t index_ = 0;
};

class DeleteStep final : public Step {
 public:
  explicit DeleteStep(DeleteSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<DeleteRun>(spec_); }
  std::string Title() const override {
    return spec_.subject ? "delete " + spec_.subject->Text() : TitleOf("delete", spec_.manifests);
  }

 private:
  const DeleteSpec spec_;
};

const Shape& DeleteShape() {
  static const Shape propagation{.kind = Shape::Kind::kText,
                                 .words = {"Background", "Foreground", "Orphan"}};
  static const Shape shape = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = ManifestFields()};
    made.fields.push_back({"resource", &kTextShape, "TYPE/NAME, or TYPE with a selector."});
    made.fields.push_back({"selector", &kTextShape, "Deletes all that it takes."});
    made.fields.push_back({"propagation", &propagation, "What happens to dependents."});
    made.fields.push_back({"gracePeriodSeconds", &kIntegerShape, "0 deletes at once."});
    return made;
  }();
  return shape;
}

std::unique_ptr<Step> ReadDelete(const SourceNode& node, const std::string& field,
                                 ReadContext& context) {
  DeleteSpec spec;
  if (node.Find("resource") != nullptr) {
    spec.subject = ReadSubject(node, field, context);
    if (spec.subject->name.empty() && spec.subject->selector_text.empty()) {
      context.problems.Add(node.line, field + ".resource", "want TYPE/NAME, or a selector beside");
    }
  } else {
    spec.manifests = ReadManifests(node, field, context);
  }
  spec.propagation = node.TextAt("propagation");
  if (const SourceNode* grace = node.Find("gracePeriodSeconds")) {
    spec.grace_period_seconds = ReadInteger(grace, 0);
  }
  return std::make_unique<DeleteStep>(std::move(spec));
}

}  // namespace

const StepKind kDeleteStep = {"delete", "Deletes objects.", &DeleteShape, &ReadDelete};

}  // namespace scenarios
