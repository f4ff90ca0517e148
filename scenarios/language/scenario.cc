#include "scenarios/language/scenario.h"

#include <algorithm>

#include "scenarios/language/nearest_name.h"
#include "scenarios/language/step_table.h"

namespace scenarios {
namespace {

using apiserver::Object;
using apiserver::Value;

constexpr std::string_view kApiVersion = "orrery.dev/v1";

const Shape& FailsShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"reason", &kTextShape, "The reason of the Status: Invalid, Forbidden, ..."},
                 {"message", &kTextShape, "A text that its message contains."}}};
  return shape;
}

// What every step may have beside its own field.
std::vector<ShapeField> CommonStepFields() {
  return {{"name", &kTextShape, "What reports call the step."},
          {"at", &kMomentShape, "When it begins, at the earliest."},
          {"fails", &FailsShape(), "The API must refuse it so."}};
}

const Shape& StepShape() {
  static const Shape shape = [] {
    Shape made{.kind = Shape::Kind::kObject, .fields = CommonStepFields()};
    for (const StepKind& kind : StepKinds()) {
      made.fields.push_back({kind.name, &kind.shape(), kind.about});
    }
    return made;
  }();
  return shape;
}

const Shape& ScenarioShape() {
  static const Shape metadata{.kind = Shape::Kind::kObject,
                              .fields = {{"name", &kTextShape, "The scenario's name.", true},
                                         {"description", &kTextShape, "What it shows."}}};
  static const Shape programs{.kind = Shape::Kind::kList, .items = &ProgramShape()};
  static const Shape steps{.kind = Shape::Kind::kList, .items = &StepShape()};
  static const Shape api_version{.kind = Shape::Kind::kText, .words = {kApiVersion}};
  static const Shape kind{.kind = Shape::Kind::kText, .words = {"Scenario"}};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"apiVersion", &api_version, "The version of the language.", true},
                 {"kind", &kind, "Scenario.", true},
                 {"metadata", &metadata, "Its name.", true},
                 {"cluster", &ClusterShape(), "What is there at the start."},
                 {"programs", &programs, "Programs that attach to the API server."},
                 {"steps", &steps, "What happens, in order.", true}}};
  return shape;
}

const SourceNode& EmptyMap() {
  static const SourceNode node = [] {
    SourceNode made;
    made.kind = SourceNode::Kind::kMap;
    return made;
  }();
  return node;
}

// The one document of `text`, or null with a problem.
std::optional<SourceNode> ReadDocument(const std::string& text, Problems& problems) {
  auto documents = ParseSource(text);
  if (!documents.ok()) {
    problems.Add(documents.error().line, "", documents.error().message);
    return std::nullopt;
  }
  if (documents->size() != 1) {
    problems.Add(1, "", "want one YAML document, got " + std::to_string(documents->size()));
    return std::nullopt;
  }
  return std::move(documents->front());
}

// The row of the one field of `node` that is no common one, or null with a problem.
const StepKind* KindOf(const SourceNode& node, const std::string& field, Problems& problems) {
  const StepKind* found = nullptr;
  for (const StepKind& kind : StepKinds()) {
    if (node.Find(kind.name) == nullptr) continue;
    if (found != nullptr) {
      problems.Add(node.line, field,
                   "is both " + std::string(found->name) + " and " + std::string(kind.name) +
                       ": a step does one thing");
      return nullptr;
    }
    found = &kind;
  }
  if (found == nullptr) {
    std::string text = "does nothing: want one of";
    for (const StepKind& kind : StepKinds()) text += " " + std::string(kind.name);
    problems.Add(node.line, field, text);
  }
  return found;
}

std::optional<ScenarioStep> ReadStep(const SourceNode& node, const std::string& field,
                                     ReadContext& context) {
  const StepKind* kind = KindOf(node, field, context.problems);
  if (kind == nullptr) return std::nullopt;
  const SourceNode& content = *node.Find(kind->name);
  ScenarioStep step;
  step.kind = kind->name;
  step.line = node.line;
  std::unique_ptr<Step> read = kind->read(content, field + "." + step.kind, context);
  if (read == nullptr) return std::nullopt;
  step.title = node.Find("name") != nullptr ? node.TextAt("name") : read->Title();
  step.step = std::move(read);
  if (const SourceNode* at = node.Find("at")) step.at = ReadMoment(*at);
  if (const SourceNode* fails = node.Find("fails")) {
    step.fails = ExpectedRefusal{fails->TextAt("reason"), fails->TextAt("message")};
  }
  return step;
}

void ReadPrograms(const SourceNode& list, ReadContext& context, Scenario& scenario) {
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    const std::string field = "programs[" + std::to_string(index) + "]";
    ProgramSpec program = ReadProgram(list.items[index], field, context.problems);
    for (const ProgramSpec& other : scenario.programs) {
      if (other.name == program.name) {
        context.problems.Add(program.line, field + ".name",
                             "\"" + program.name + "\" is there twice");
      }
    }
    scenario.programs.push_back(std::move(program));
  }
}

void ReadSteps(const SourceNode& list, ReadContext& context, Scenario& scenario) {
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    const std::string field = "steps[" + std::to_string(index) + "]";
    auto step = ReadStep(list.items[index], field, context);
    if (!step) continue;
    const bool is_absolute = step->at && !step->at->is_relative;
    for (const ScenarioStep& other : scenario.steps) {
      if (is_absolute && other.at && !other.at->is_relative &&
          other.at->offset > step->at->offset) {
        context.problems.Add(step->line, field + ".at", "lies before that of a step above");
        break;
      }
    }
    scenario.steps.push_back(std::move(*step));
  }
  if (list.items.empty()) context.problems.Add(list.line, "steps", "is empty");
}

bool HasCommands(const SourceNode& steps) {
  return std::any_of(steps.items.begin(), steps.items.end(),
                     [](const SourceNode& step) { return step.Find("run") != nullptr; });
}

bool HasRealTime(const SourceNode& steps, const Scenario& scenario) {
  const auto is_real = [](const SourceNode& step) {
    const SourceNode* run = step.Find("run");
    const SourceNode* pacing = run == nullptr ? nullptr : run->Find("pacing");
    return pacing != nullptr && pacing->text != "virtual";
  };
  return std::any_of(steps.items.begin(), steps.items.end(), is_real) ||
         std::any_of(scenario.programs.begin(), scenario.programs.end(),
                     [](const ProgramSpec& program) { return !program.is_virtual; });
}

}  // namespace

sim::Result<Scenario, std::vector<Problem>> ReadScenario(const std::string& file,
                                                         const std::string& text,
                                                         FileReader read_file,
                                                         const ScenarioNames& names) {
  Problems problems(file);
  const auto root = ReadDocument(text, problems);
  if (!root || !CheckShape(*root, ScenarioShape(), "", problems)) return problems.all();

  Scenario scenario;
  scenario.file = file;
  scenario.name = root->Find("metadata")->TextAt("name");
  scenario.description = root->Find("metadata")->TextAt("description");
  const SourceNode* programs = root->Find("programs");
  const SourceNode& steps = *root->Find("steps");
  scenario.has_outside = HasCommands(steps) || (programs != nullptr && !programs->items.empty());

  ReadContext context{.problems = problems,
                      .read_file = std::move(read_file),
                      .machines = names.machines,
                      .controllers = names.controllers,
                      .custom_resources = {},
                      .may_have_other_resources = scenario.has_outside,
                      .files = {}};
  const SourceNode* cluster = root->Find("cluster");
  scenario.cluster = ReadCluster(cluster == nullptr ? EmptyMap() : *cluster, "cluster", context);
  if (programs != nullptr) ReadPrograms(*programs, context, scenario);
  for (const ProgramSpec& program : scenario.programs) context.programs.push_back(program.name);
  scenario.has_real_time = HasRealTime(steps, scenario);
  ReadSteps(steps, context, scenario);
  for (ProgramSpec& program : scenario.programs) {
    program.may_exit = std::find(context.may_exit.begin(), context.may_exit.end(), program.name) !=
                       context.may_exit.end();
  }
  if (!problems.empty()) return problems.all();
  scenario.files.emplace_back(file, text);
  for (auto& read : context.files) scenario.files.push_back(std::move(read));
  return scenario;
}

sim::Result<ClusterSpec, std::vector<Problem>> ReadClusterFile(const std::string& file,
                                                               const std::string& text,
                                                               const ScenarioNames& names) {
  Problems problems(file);
  const auto root = ReadDocument(text, problems);
  if (!root) return problems.all();
  if (root->TextAt("kind") == "Scenario") {
    const SourceNode* part = root->Find("cluster");
    const SourceNode& cluster = part == nullptr ? EmptyMap() : *part;
    if (!CheckShape(cluster, ClusterShape(), "cluster", problems)) return problems.all();
    ReadContext context{.problems = problems,
                        .read_file = {},
                        .machines = names.machines,
                        .controllers = names.controllers,
                        .custom_resources = {},
                        .may_have_other_resources = false,
                        .files = {}};
    ClusterSpec spec = ReadCluster(cluster, "cluster", context);
    if (!problems.empty()) return problems.all();
    return spec;
  }
  problems.Add(root->line, "kind", "want Scenario, got \"" + root->TextAt("kind") + "\"");
  return problems.all();
}

Value ScenarioSchema() {
  Value schema = ShapeSchema(ScenarioShape());
  Object& object = schema.get_object();
  object["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  object["title"] = "orrery scenario";
  return schema;
}

}  // namespace scenarios
