// Whole scenario files: what is read, what is refused and how, and the published schema.
#include "scenarios/language/scenario.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "apiserver/api/json_write.h"
#include "scenarios/language/step_table.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

const ScenarioNames kNames = {{"large", "medium", "small"},
                              {"deployment-controller", "job-controller", "nodes", "scheduler"}};

sim::Result<Scenario, std::vector<Problem>> Read(const std::string& text) {
  return ReadScenario(
      "s.yaml", text,
      [](const std::string& name) -> sim::Result<std::string> {
        if (name == "crd.yaml") {
          return std::string(
              "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
              "metadata: {name: widgets.example.com}\n");
        }
        if (name == "bad.yaml") return std::string("apiVersion: apps/v1\nkind: Deploymnt\n");
        return sim::Error{"cannot read " + name};
      },
      kNames);
}

std::string Head(const std::string& rest) {
  return "apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: s}\n" + rest;
}

TEST(Scenario, ReadsTheDesignsExample) {
  const auto scenario = Read(Head(R"(cluster:
  nodes: [{count: 3, model: small}, {name: edge, labels: {a: b}}]
programs:
- name: operator
  command: [python3, -m, kopf, run, operator.py]
  pacing: real
  ready: {watches: [widgets.example.com]}
steps:
- apply: {file: crd.yaml}
- expect: {eventually: 60s, resource: widgets/web, matches: {status: {ready: 3}}}
- at: +10s
  fault: {node: node-2, kind: power-loss, for: 5m}
- drain: node-1
- wait: idle
- advance: 1h
)"));
  ASSERT_TRUE(scenario.ok()) << scenario.error().front().Text();
  EXPECT_EQ(sim::TimeText(scenario->cluster.start), "2026-01-01T00:00:00Z");
  EXPECT_EQ(NodeNames(scenario->cluster.nodes, 0).back(), "node-3");
  EXPECT_EQ(NodeNames(scenario->cluster.nodes, 1).front(), "edge-1");
  ASSERT_EQ(scenario->steps.size(), 6u);
  EXPECT_EQ(scenario->steps[1].title, "expect eventually 60s: widgets/web");
  EXPECT_EQ(scenario->steps[2].title, "power loss of node-2 for 5m0s");
  EXPECT_TRUE(scenario->has_outside);
  ASSERT_EQ(scenario->files.size(), 2u);
  EXPECT_EQ(scenario->files[1].first, "crd.yaml");
}

TEST(Scenario, RefusesWithPlaceAndNearestName) {
  struct Case {
    const char* rest;
    const char* problem;
  };
  const Case cases[] = {
      {"steps:\n- aply: {}\n", "s.yaml:5: steps[0].aply: unknown field; did you mean \"apply\"?"},
      {"steps: []\n", "s.yaml:4: steps: is empty"},
      {"stepps: []\n", "s.yaml:4: stepps: unknown field; did you mean \"steps\"?"},
      {"steps:\n- create: {object: {}}\n",
       "s.yaml:5: steps[0].create.object: unknown field (have: file files manifest manifests "
       "namespace)"},
      {"cluster: {nodes: [{model: smal}]}\nsteps: [{wait: 1s}]\n",
       "s.yaml:4: cluster.nodes[0].model: unknown machine model \"smal\"; did you mean \"small\"?"},
      {"cluster: {controllers: [-deployment-controler]}\nsteps: [{wait: 1s}]\n",
       "s.yaml:4: cluster.controllers: unknown controller \"deployment-controler\"; did you mean "
       "\"deployment-controller\"?"},
      {"steps:\n- expect: {eventually: 1s, resource: deploymnts/web}\n",
       "s.yaml:5: steps[0].expect.resource: unknown resource \"deploymnts\"; did you mean "
       "\"deployments\"?"},
      {"steps:\n- expect: {resource: pods}\n",
       "s.yaml:5: steps[0].expect: want one of eventually, always and at"},
      {"steps:\n- expect: {at: 1s, resource: pods, that: \"selff.x == 1\"}\n",
       "s.yaml:5: steps[0].expect.that: ERROR: <input>:1:1: undeclared reference to 'selff' (in "
       "container '')"},
      {"steps:\n- expect: {at: 1s, resource: pods, that: \"1 + 1\"}\n",
       "s.yaml:5: steps[0].expect.that: the condition must be true or false"},
      {"steps:\n- wait: soon\n",
       "s.yaml:5: steps[0].wait: want idle, a duration such as 30s, or a map, got \"soon\""},
      {"steps:\n- {wait: 1s, advance: 1s}\n",
       "s.yaml:5: steps[0]: is both wait and advance: a step does one thing"},
      {"steps:\n- apply: {file: missing.yaml}\n",
       "s.yaml:5: steps[0].apply.file: cannot read missing.yaml"},
      {"steps:\n- apply: {file: bad.yaml}\n",
       "s.yaml:5: steps[0].apply.file: bad.yaml:2: kind: unknown kind \"Deploymnt\" in apps/v1; "
       "did you mean \"Deployment\"?"},
      {"steps:\n- create:\n    manifest: |\n      apiVersion: v1\n      kind: Pod\n",
       "s.yaml:7: steps[0].create.manifest.metadata.name: is missing"},
      {"programs: [{name: a, command: [x], processors: 64}]\nsteps: [{wait: 1s}]\n",
       "s.yaml:4: programs[0].processors: want 1 to 63, got 64"},
      {"programs: [{name: a, command: [x], processors: 1, pacing: real}]\nsteps: [{wait: 1s}]\n",
       "s.yaml:4: programs[0].processors: is for programs on virtual time: this one sees the "
       "machine's"},
      {"programs: [{name: a, command: [x], pacing: max}]\nsteps: [{wait: 1s}]\n",
       "s.yaml:4: programs[0].pacing: want \"virtual\", \"real\" or a factor such as x10, got "
       "\"max\""},
      {"steps:\n- {at: 2m, wait: 1s}\n- {at: 1m, wait: 1s}\n",
       "s.yaml:6: steps[1].at: lies before that of a step above"},
      {"steps:\n- fault: {node: n, kind: power-lost}\n",
       "s.yaml:5: steps[0].fault.kind: unknown word \"power-lost\"; did you mean \"power-loss\"? "
       "(have: power-loss power-return)"},
  };
  for (const Case& test : cases) {
    const auto scenario = Read(Head(test.rest));
    ASSERT_FALSE(scenario.ok()) << test.rest;
    EXPECT_EQ(scenario.error().front().Text(), test.problem) << test.rest;
  }
}

TEST(Scenario, EveryStepKindIsInTheSchema) {
  const std::string schema = apiserver::ToJson(ScenarioSchema());
  for (const StepKind& kind : StepKinds()) {
    EXPECT_NE(schema.find("\"" + std::string(kind.name) + "\":"), std::string::npos) << kind.name;
  }
}

// `orrery schema > scenarios/scenario.schema.json` publishes it anew.
TEST(Scenario, PublishedSchemaIsThisOne) {
  std::ifstream file("scenarios/scenario.schema.json");
  std::ostringstream text;
  text << file.rdbuf();
  std::string made;
  apiserver::AppendJsonPretty(ScenarioSchema(), made);
  EXPECT_EQ(text.str(), made + "\n");
}

}  // namespace
}  // namespace scenarios
