// Waits: for a span of time, until nothing is left to do, or until an object is as described.
#include "apiserver/api/time_format.h"
#include "scenarios/language/step_table.h"
#include "scenarios/language/subject.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

struct WaitSpec {
  std::optional<sim::Duration> duration;
  bool is_for_idle = false;
  std::optional<Subject> subject;
  std::string title;
  sim::Duration timeout = std::chrono::minutes(10);
};

class WaitRun final : public StepRun {
 public:
  explicit WaitRun(const WaitSpec& spec) : spec_(spec) {}

  StepMove Next(const StepInput& input) override {
    const sim::Time now = input.view.now();
    if (spec_.duration) {
      const sim::Time end = input.began + *spec_.duration;
      return now < end ? StepMove::Sleep(end) : StepMove::Done();
    }
    const sim::Time deadline = input.began + spec_.timeout;
    Finding finding;
    if (spec_.is_for_idle) {
      finding.holds = input.view.is_idle();
      finding.found = {"work is still waiting"};
    } else {
      finding = Examine(*spec_.subject, input.view);
    }
    if (finding.holds) return StepMove::Done();
    if (now < deadline) {
      StepMove move = StepMove::Watch(deadline);
      move.is_for_idle = spec_.is_for_idle;
      if (spec_.subject) move.watched = WatchedBy(*spec_.subject, input.view);
      return move;
    }
    return StepMove::Failed(
        {.message = spec_.title + ": not so within " + sim::DurationText(spec_.timeout),
         .found = std::move(finding.found),
         .object = std::move(finding.object)});
  }

 private:
  const WaitSpec& spec_;
};

class WaitStep final : public Step {
 public:
  explicit WaitStep(WaitSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<WaitRun>(spec_); }
  std::string Title() const override { return spec_.title; }

 private:
  const WaitSpec spec_;
};

const Shape& WaitShape() {
  static const Shape map = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = SubjectFields()};
    for (ShapeField& field : made.fields) field.is_required = false;
    made.fields.push_back(
        {"condition", &kTextShape, "TYPE of a status condition, or TYPE=STATUS."});
    made.fields.push_back({"idle", &kBooleanShape, "Until nothing but housekeeping is left."});
    made.fields.push_back({"duration", &kDurationShape, "A span of time."});
    made.fields.push_back({"timeout", &kDurationShape, "How long; 10m when not given."});
    return made;
  }();
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kTextShape, &map}};
  return shape;
}

// `condition: Available` is short for a partial object.
void AddCondition(const SourceNode& condition, const std::string& field, ReadContext& context,
                  Subject& subject) {
  if (!subject.matches.is_null()) {
    context.problems.Add(condition.line, field, "stands for matches: use one of them");
    return;
  }
  const std::size_t equals = condition.text.find('=');
  const std::string status =
      equals == std::string::npos ? "True" : condition.text.substr(equals + 1);
  subject.matches = apiserver::Object{
      {"status", apiserver::Object{{"conditions", apiserver::Array{apiserver::Object{
                                                      {"type", condition.text.substr(0, equals)},
                                                      {"status", status}}}}}}};
}

std::unique_ptr<Step> ReadText(const SourceNode& node, const std::string& field,
                               ReadContext& context) {
  WaitSpec spec;
  spec.title = "wait " + node.text;
  if (node.text == "idle") {
    spec.is_for_idle = true;
    return std::make_unique<WaitStep>(std::move(spec));
  }
  const auto duration = apiserver::ParseGoDuration(node.text);
  if (!duration.ok() || *duration < sim::Duration::zero()) {
    context.problems.Add(node.line, field,
                         "want idle, a duration such as 30s, or a map, got \"" + node.text + "\"");
    return nullptr;
  }
  spec.duration = *duration;
  return std::make_unique<WaitStep>(std::move(spec));
}

std::unique_ptr<Step> ReadWait(const SourceNode& node, const std::string& field,
                               ReadContext& context) {
  if (node.kind == SourceNode::Kind::kScalar) return ReadText(node, field, context);
  WaitSpec spec;
  spec.timeout = ReadDuration(node.Find("timeout"), spec.timeout);
  spec.is_for_idle = ReadBoolean(node.Find("idle"), false);
  if (const SourceNode* duration = node.Find("duration")) {
    spec.duration = ReadDuration(duration, {});
  }
  const bool has_subject = node.Find("resource") != nullptr;
  if (int{has_subject} + int{spec.is_for_idle} + int{spec.duration.has_value()} != 1) {
    context.problems.Add(node.line, field, "want one of idle, duration and resource");
    return nullptr;
  }
  spec.title = spec.is_for_idle ? "wait idle" : "wait";
  if (spec.duration) spec.title = "wait " + sim::DurationText(*spec.duration);
  if (has_subject) {
    spec.subject = ReadSubject(node, field, context);
    if (const SourceNode* condition = node.Find("condition")) {
      AddCondition(*condition, field + ".condition", context, *spec.subject);
    }
    spec.title = "wait for " + spec.subject->Text();
    if (spec.subject->is_absent) spec.title += " to be gone";
    if (node.Find("condition") != nullptr) spec.title += " " + node.TextAt("condition");
  }
  return std::make_unique<WaitStep>(std::move(spec));
}

}  // namespace

const StepKind kWaitStep = {"wait", "Waits for a span of time, for quiet, or for an object.",
                            &WaitShape, &ReadWait};

}  // namespace scenarios
