// The reference of the language: every example in it is read, and everything that the language has
// is in it.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "scenarios/language/scenario.h"
#include "scenarios/language/step_table.h"
#include "scenarios/scenario_files.h"

namespace scenarios {
namespace {

std::string Reference() {
  const auto text = ReadTextFile("scenarios/LANGUAGE.md");
  EXPECT_TRUE(text.ok()) << text.error().message;
  return text.ok() ? *text : "";
}

std::vector<std::string> Examples(const std::string& text) {
  constexpr std::string_view kOpen = "```yaml\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = text.find("```", at);
    blocks.push_back(text.substr(at, end - at));
    at = end;
  }
  return blocks;
}

// Parts of a scenario become one.
std::string Whole(const std::string& block) {
  if (block.starts_with("apiVersion:")) return block;
  std::string text = "apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: s}\n";
  if (block.starts_with("- ")) return text + "steps:\n" + block;
  if (block.find("\nsteps:") == std::string::npos) text += "steps: [{wait: 1s}]\n";
  return text + block;
}

void Collect(const Shape& shape, std::set<std::string>& names) {
  for (const ShapeField& field : shape.fields) {
    // What is not said stands for a part of a manifest, which has its own rules.
    if (names.insert(std::string(field.name)).second || field.shape != nullptr) {
      Collect(*field.shape, names);
    }
  }
  if (shape.items != nullptr) Collect(*shape.items, names);
  for (const Shape* choice : shape.choices) Collect(*choice, names);
}

TEST(LanguageReference, EveryExampleIsRead) {
  const ScenarioNames names = {{"large", "medium", "small"},
                               {"deployment-controller", "job-controller", "nodes", "scheduler"}};
  const std::vector<std::string> examples = Examples(Reference());
  EXPECT_GE(examples.size(), 12u);
  for (const std::string& example : examples) {
    const auto scenario = ReadScenario(
        "s.yaml", Whole(example),
        [](const std::string& name) -> sim::Result<std::string> {
          return sim::Error{"no file " + name};
        },
        names);
    EXPECT_TRUE(scenario.ok()) << scenario.error().front().Text() << "\n" << example;
  }
}

TEST(LanguageReference, NamesEveryStepAndEveryField) {
  const std::string text = Reference();
  std::string examples;
  for (const std::string& example : Examples(text)) examples += example;
  std::set<std::string> names;
  for (const StepKind& kind : StepKinds()) {
    EXPECT_NE(examples.find("- " + std::string(kind.name) + ":"), std::string::npos)
        << kind.name << " has no example";
    Collect(kind.shape(), names);
  }
  Collect(ClusterShape(), names);
  Collect(ProgramShape(), names);
  for (const std::string& name : names) {
    const bool is_said = text.find("`" + name + "`") != std::string::npos ||
                         examples.find(name + ":") != std::string::npos;
    EXPECT_TRUE(is_said) << name << " is not in the reference";
  }
}

}  // namespace
}  // namespace scenarios
