#include "scenarios/language/program_subject.h"

#include <algorithm>

#include "scenarios/language/nearest_name.h"
#include "scenarios/language/values.h"

namespace scenarios {
namespace {

constexpr std::size_t kShownLinesMax = 5;

const Shape& RequestsShape() {
  static const Shape map{
      .kind = Shape::Kind::kObject,
      .fields = {{"verb", &kTextShape, "get, list, watch, create, update, patch, delete, ..."},
                 {"resource", &kTextShape, "deployments.apps, or deployments."},
                 {"min", &kIntegerShape, "At least so many; 1 when no bound is given."},
                 {"max", &kIntegerShape, "At most so many."}}};
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kIntegerShape, &map}};
  return shape;
}

RequestPattern ReadRequests(const SourceNode& node) {
  RequestPattern pattern;
  if (node.kind == SourceNode::Kind::kScalar) {
    pattern.count.min = pattern.count.max = ReadInteger(&node, 1);
    return pattern;
  }
  pattern.verb = node.TextAt("verb");
  pattern.resource = node.TextAt("resource");
  const bool has_max = node.Find("max") != nullptr;
  pattern.count = {ReadInteger(node.Find("min"), has_max ? 0 : 1),
                   ReadInteger(node.Find("max"), INT64_MAX)};
  return pattern;
}

std::int64_t CountRequests(const RequestPattern& pattern, const ProgramFacts& facts) {
  std::int64_t count = 0;
  for (const auto& [kind, number] : facts.requests) {
    const auto& [verb, resource] = kind;
    const bool has_resource = pattern.resource.empty() || resource == pattern.resource ||
                              resource.substr(0, resource.find('.')) == pattern.resource;
    if ((pattern.verb.empty() || verb == pattern.verb) && has_resource) {
      count += static_cast<std::int64_t>(number);
    }
  }
  return count;
}

std::vector<std::string> TextsOf(const ProgramFacts& facts) {
  std::vector<std::string> texts;
  for (const OutputLine& line : facts.output) texts.push_back(line.text);
  return texts;
}

void ShowLastLines(const ProgramFacts& facts, Finding& finding) {
  const std::size_t count = facts.output.size();
  for (std::size_t at = count > kShownLinesMax ? count - kShownLinesMax : 0; at < count; ++at) {
    finding.found.push_back("it printed: " + facts.output[at].text);
  }
  if (count == 0) finding.found.push_back("it printed nothing");
}

}  // namespace

std::string RequestPattern::Text() const {
  std::string text = count.Text() + " requests";
  if (!verb.empty()) text += " to " + verb;
  if (!resource.empty()) text += (verb.empty() ? " about " : " ") + resource;
  return text;
}

std::string ProgramSubject::Text() const {
  const std::string text = "program " + program + " ";
  if (output) return text + output->Text();
  if (exit_code) return text + "ends with exit code " + std::to_string(*exit_code);
  if (restarts) return text + "begins anew " + std::to_string(*restarts) + " times";
  return requests ? text + "makes " + requests->Text() : text;
}

std::vector<ShapeField> ProgramSubjectFields() {
  return {{"program", &kTextShape, "A program of the scenario, instead of a resource."},
          {"output", &OutputShape(), "What it must have printed."},
          {"exitCode", &kIntegerShape, "How it must have ended; it may end then."},
          {"requests", &RequestsShape(), "How many requests it must have made."},
          {"restarts", &kIntegerShape, "How often it must have begun anew."}};
}

ProgramSubject ReadProgramSubject(const SourceNode& node, const std::string& field,
                                  ReadContext& context) {
  ProgramSubject subject;
  subject.program = node.TextAt("program");
  const std::vector<std::string_view> known(context.programs.begin(), context.programs.end());
  if (std::find(known.begin(), known.end(), subject.program) == known.end()) {
    context.problems.Add(
        node.Find("program")->line, field + ".program",
        "unknown program \"" + subject.program + "\"" + DidYouMean(subject.program, known));
  }
  const SourceNode* output = node.Find("output");
  const SourceNode* exit_code = node.Find("exitCode");
  const SourceNode* requests = node.Find("requests");
  const SourceNode* restarts = node.Find("restarts");
  const int count = int{output != nullptr} + int{exit_code != nullptr} + int{requests != nullptr} +
                    int{restarts != nullptr};
  if (count != 1) {
    context.problems.Add(node.line, field, "want one of output, exitCode, requests and restarts");
  }
  if (restarts != nullptr) subject.restarts = ReadInteger(restarts, 0);
  if (output != nullptr) {
    subject.output = ReadOutput(*output, field + ".output", context.problems);
  }
  if (requests != nullptr) subject.requests = ReadRequests(*requests);
  if (exit_code != nullptr) {
    subject.exit_code = ReadInteger(exit_code, 0);
    context.may_exit.push_back(subject.program);
  }
  for (const char* other :
       {"resource", "namespace", "selector", "matches", "count", "absent", "event", "that"}) {
    if (node.Find(other) == nullptr) continue;
    context.problems.Add(node.line, field + "." + other, "is about objects, not about programs");
  }
  return subject;
}

Finding ExamineProgram(const ProgramSubject& subject, const ClusterView& view) {
  Finding finding;
  const ProgramFacts* facts = view.FindProgram(subject.program);
  if (facts == nullptr) {
    finding.found.push_back("there is no program " + subject.program);
    return finding;
  }
  if (subject.output) {
    const std::string problem = OutputProblem(*subject.output, TextsOf(*facts));
    finding.holds = problem.empty();
    if (finding.holds) return finding;
    finding.found.push_back(problem);
    ShowLastLines(*facts, finding);
    return finding;
  }
  if (subject.exit_code) {
    finding.holds = facts->exit_code && *facts->exit_code == *subject.exit_code;
    if (finding.holds) return finding;
    finding.found.push_back(facts->exit_code ? "it ended with " + facts->exit_text
                                             : "it has not ended");
    ShowLastLines(*facts, finding);
    return finding;
  }
  if (subject.restarts) {
    finding.holds = facts->restart_count == *subject.restarts;
    if (!finding.holds) {
      finding.found.push_back("it began anew " + std::to_string(facts->restart_count) + " times");
      ShowLastLines(*facts, finding);
    }
    return finding;
  }
  const std::int64_t count = CountRequests(*subject.requests, *facts);
  finding.holds = count >= subject.requests->count.min && count <= subject.requests->count.max;
  if (!finding.holds) {
    finding.found.push_back("want " + subject.requests->Text() + ", got " + std::to_string(count));
  }
  return finding;
}

}  // namespace scenarios
