#include "scenarios/language/program_spec.h"

#include "scenarios/language/values.h"

namespace scenarios {
namespace {

const Shape& ReadyShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"watches", &kTextListShape, "Resources that the program must watch."},
                 {"log", &kTextShape, "A text that a line of its output must contain."},
                 {"port", &kIntegerShape, "A TCP port on which it must listen."},
                 {"lease", &kTextShape, "NAMESPACE/NAME of a Lease that it must have taken."},
                 {"timeout", &kDurationShape, "How long it may take; 60s when not given."}}};
  return shape;
}

// "NAMESPACE/NAME", or "" with a problem.
std::string ReadNamespacedName(const SourceNode* node, const std::string& field,
                               Problems& problems) {
  if (node == nullptr) return "";
  const std::string& text = node->text;
  const std::size_t slash = text.find('/');
  const bool is_whole = slash != std::string::npos && slash > 0 && slash + 1 < text.size() &&
                        text.find('/', slash + 1) == std::string::npos;
  if (is_whole) return text;
  problems.Add(node->line, field, "want NAMESPACE/NAME, got \"" + text + "\"");
  return "";
}

void ReadReady(const SourceNode& ready, const std::string& field, Problems& problems,
               ProgramSpec& program) {
  if (const SourceNode* watches = ready.Find("watches")) {
    program.ready_watches = ReadTexts(*watches);
  }
  program.ready_log = ready.TextAt("log");
  if (const SourceNode* port = ready.Find("port")) {
    const std::int64_t number = ReadInteger(port, 0);
    if (number < 1 || number > UINT16_MAX) {
      problems.Add(port->line, field + ".port", "want 1 to 65535, got " + port->text);
    }
    program.ready_port = static_cast<std::uint16_t>(number);
  }
  program.ready_lease = ReadNamespacedName(ready.Find("lease"), field + ".lease", problems);
  program.ready_timeout = ReadDuration(ready.Find("timeout"), program.ready_timeout);
}

void ReadProcessors(const SourceNode* node, const std::string& field, Problems& problems,
                    ProgramSpec& program) {
  if (node == nullptr) return;
  const std::int64_t count = ReadInteger(node, 0);
  if (count < 1 || count > ProgramSpec::kProcessorsMax) {
    problems.Add(node->line, field, "want 1 to 63, got " + node->text);
  } else if (!program.is_virtual) {
    problems.Add(node->line, field, "is for programs on virtual time: this one sees the machine's");
  }
  program.processors = static_cast<std::uint32_t>(count);
}

RestartPolicy ReadRestart(const std::string& word) {
  if (word == "always") return RestartPolicy::kAlways;
  return word == "on-failure" ? RestartPolicy::kOnFailure : RestartPolicy::kNever;
}

}  // namespace

const Shape& ProgramShape() {
  static const Shape restart{.kind = Shape::Kind::kText,
                             .words = {"never", "on-failure", "always"}};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {
          {"name", &kTextShape, "The name of the program, and of the user that it is.", true},
          {"command", &kTextListShape, "The program, looked up in PATH, and its arguments.", true},
          {"env", &kTextMapShape, "Variables beside those of orrery itself and KUBECONFIG."},
          {"workingDirectory", &kTextShape, "Relative to the scenario file, which is the default."},
          {"pacing", &kTextShape,
           "virtual (the default): it runs on virtual time; or real, or x10."},
          {"processors", &kIntegerShape,
           "How many it sees on virtual time: 1 to 63; 4 when not given."},
          {"serviceAccount", &kTextShape,
           "NAMESPACE/NAME: it acts as this account, and may what roles allow; made when missing. "
           "By default it is an administrator."},
          {"restart", &restart,
           "Whether it begins anew when it ends: never (the default), on-failure or always; after "
           "10s, then twice as long each time, at most 5m."},
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
  ReadProcessors(node.Find("processors"), field + ".processors", problems, program);
  program.service_account =
      ReadNamespacedName(node.Find("serviceAccount"), field + ".serviceAccount", problems);
  program.restart = ReadRestart(node.TextAt("restart"));
  if (const SourceNode* ready = node.Find("ready")) {
    ReadReady(*ready, field + ".ready", problems, program);
  }
  return program;
}

}  // namespace scenarios
