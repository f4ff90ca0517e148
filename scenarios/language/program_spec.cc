#include "scenarios/language/program_spec.h"

#include "scenarios/language/values.h"

namespace scenarios {
namespace {

const Shape& ReadyShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"watches", &kTextListShape, "Resources that the program must watch."},
                 {"log", &kTextShape, "A text that a line of its output must contain."},
                 {"timeout", &kDurationShape, "How long it may take; 60s when not given."}}};
  return shape;
}

}  // namespace

const Shape& ProgramShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {
          {"name", &kTextShape, "The name of the program, and of the user that it is.", true},
          {"command", &kTextListShape, "The program, looked up in PATH, and its arguments.", true},
          {"env", &kTextMapShape, "Variables beside those of orrery itself and KUBECONFIG."},
          {"workingDirectory", &kTextShape, "Relative to the scenario file, which is the default."},
          {"pacing", &kTextShape,
           "virtual (the default): it runs on virtual time; or real, or x10."},
          {"serviceAccount", &kTextShape,
           "NAMESPACE/NAME: it acts as this account, and may what roles allow; made when missing. "
           "By default it is an administrator."},
          {"ready", &ReadyShape(), "When it counts as started."}}};
  return shape;
}

void ReadPacing(const SourceNode* node, const std::string& field, Problems& problems,
                ProgramSpec& program) {
  if (node == nullptr || node->text == "virtual") return;
  const auto pacing = sim::ParsePacing(node->text);
  if (!pacing.ok() || pacing->pace != sim::Pace::kScaled) {
    problems.Add(node->line, field,
                 "want \"virtual\", \"real\" or a factor such as x10, got \"" + node->text + "\"");
    return;
  }
  program.is_virtual = false;
  program.pacing = *pacing;
}

ProgramSpec ReadProgram(const SourceNode& node, const std::string& field, Problems& problems) {
  ProgramSpec program;
  program.line = node.line;
  program.name = node.TextAt("name");
  program.command = ReadTexts(*node.Find("command"));
  if (program.command.empty()) problems.Add(node.line, field + ".command", "is empty");
  program.environment = ReadTextMap(node.Find("env"));
  program.directory = node.TextAt("workingDirectory");
  ReadPacing(node.Find("pacing"), field + ".pacing", problems, program);
  program.service_account = node.TextAt("serviceAccount");
  const std::size_t slash = program.service_account.find('/');
  const bool is_whole = slash != std::string::npos && slash > 0 &&
                        slash + 1 < program.service_account.size() &&
                        program.service_account.find('/', slash + 1) == std::string::npos;
  if (!program.service_account.empty() && !is_whole) {
    problems.Add(node.Find("serviceAccount")->line, field + ".serviceAccount",
                 "want NAMESPACE/NAME, got \"" + program.service_account + "\"");
    program.service_account.clear();
  }
  if (const SourceNode* ready = node.Find("ready")) {
    if (const SourceNode* watches = ready->Find("watches")) {
      program.ready_watches = ReadTexts(*watches);
    }
    program.ready_log = ready->TextAt("log");
    program.ready_timeout = ReadDuration(ready->Find("timeout"), program.ready_timeout);
  }
  return program;
}

}  // namespace scenarios
