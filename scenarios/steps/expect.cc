// What must be so: eventually within a span, always during one, or at a moment.
#include "scenarios/language/program_subject.h"
#include "scenarios/language/step_table.h"
#include "scenarios/language/subject.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

enum class When : std::uint8_t { kEventually, kAlways, kAt };

struct ExpectSpec {
  Subject subject;
  std::optional<ProgramSubject> program;  // instead of the subject
  When when = When::kEventually;
  sim::Duration span{};
  Moment moment;
  std::string title;
};

class ExpectRun final : public StepRun {
 public:
  explicit ExpectRun(const ExpectSpec& spec) : spec_(spec) {}

  StepMove Next(const StepInput& input) override {
    const sim::Time now = input.view.now();
    const sim::Time end = EndOf(input);
    if (spec_.when == When::kAt && now < end) return StepMove::Sleep(end);
    Finding finding = spec_.program ? ExamineProgram(*spec_.program, input.view)
                                    : Examine(spec_.subject, input.view);
    const bool is_over = now >= end;
    switch (spec_.when) {
      case When::kEventually:
        if (finding.holds) return StepMove::Done();
        break;
      case When::kAlways:
        if (!finding.holds) return Failed(std::move(finding));
        if (is_over) return StepMove::Done();
        return StepMove::Watch(end, Watched(input.view));
      case When::kAt:
        if (finding.holds) return StepMove::Done();
        break;
    }
    if (is_over) return Failed(std::move(finding));
    return StepMove::Watch(end, Watched(input.view));
  }

 private:
  sim::Time EndOf(const StepInput& input) const {
    if (spec_.when != When::kAt) return input.began + spec_.span;
    return (spec_.moment.is_relative ? input.began : input.scenario_began) + spec_.moment.offset;
  }
  std::optional<apiserver::GroupResource> Watched(const ClusterView& view) const {
    if (spec_.program) return kProgramChanges;
    return WatchedBy(spec_.subject, view);
  }
  StepMove Failed(Finding finding) const {
    return StepMove::Failed({.message = spec_.title,
                             .found = std::move(finding.found),
                             .object = std::move(finding.object)});
  }

  const ExpectSpec& spec_;
};

class ExpectStep final : public Step {
 public:
  explicit ExpectStep(ExpectSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<ExpectRun>(spec_); }
  std::string Title() const override { return spec_.title; }

 private:
  const ExpectSpec spec_;
};

const Shape& ExpectShape() {
  static const Shape shape = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = SubjectFields()};
    for (ShapeField& field : made.fields) field.is_required = false;
    for (const ShapeField& field : ProgramSubjectFields()) made.fields.push_back(field);
    made.fields.push_back({"eventually", &kDurationShape, "It must become so within this span."});
    made.fields.push_back({"always", &kDurationShape, "It must be so, and stay so for this span."});
    made.fields.push_back({"at", &kMomentShape, "It must be so at this moment."});
    return made;
  }();
  return shape;
}

std::unique_ptr<Step> ReadExpect(const SourceNode& node, const std::string& field,
                                 ReadContext& context) {
  ExpectSpec spec;
  const SourceNode* eventually = node.Find("eventually");
  const SourceNode* always = node.Find("always");
  const SourceNode* at = node.Find("at");
  if (int{eventually != nullptr} + int{always != nullptr} + int{at != nullptr} != 1) {
    context.problems.Add(node.line, field, "want one of eventually, always and at");
    return nullptr;
  }
  const bool is_about_program = node.Find("program") != nullptr;
  if (is_about_program) {
    spec.program = ReadProgramSubject(node, field, context);
  } else if (node.Find("resource") == nullptr) {
    context.problems.Add(node.line, field + ".resource", "is missing");
    return nullptr;
  } else {
    for (const char* other : {"output", "exitCode", "requests"}) {
      if (node.Find(other) == nullptr) continue;
      context.problems.Add(node.line, field + "." + other, "is about a program: say which");
    }
    spec.subject = ReadSubject(node, field, context);
  }
  spec.title = "expect ";
  if (at != nullptr) {
    spec.when = When::kAt;
    spec.moment = ReadMoment(*at);
    spec.title += "at " + at->text;
  } else {
    spec.when = always != nullptr ? When::kAlways : When::kEventually;
    const SourceNode& span = always != nullptr ? *always : *eventually;
    spec.span = ReadDuration(&span, {});
    spec.title += (always != nullptr ? "always " : "eventually ") + span.text;
  }
  if (spec.program) {
    spec.title += ": " + spec.program->Text();
    return std::make_unique<ExpectStep>(std::move(spec));
  }
  spec.title += ": " + spec.subject.Text();
  if (spec.subject.is_absent) spec.title += " is gone";
  if (spec.subject.count) spec.title += ", " + spec.subject.count->Text() + " of them";
  if (spec.subject.event) spec.title += " has " + spec.subject.event->Text();
  return std::make_unique<ExpectStep>(std::move(spec));
}

}  // namespace

const StepKind kExpectStep = {"expect", "What must be so.", &ExpectShape, &ReadExpect};

}  // namespace scenarios
