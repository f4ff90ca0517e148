// Expectations about programs: what is read, what is refused, and when they hold.
#include <gtest/gtest.h>

#include "scenarios/language/program_subject.h"
#include "scenarios/language/scenario.h"

namespace scenarios {
namespace {

sim::Result<Scenario, std::vector<Problem>> Read(const std::string& expectation) {
  return ReadScenario("s.yaml",
                      "apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                      "programs: [{name: operator, command: [x], pacing: real}]\nsteps:\n"
                      "- expect: " +
                          expectation + "\n",
                      {}, {});
}

class FactsView final : public ClusterView {
 public:
  sim::Time now() const override { return {}; }
  bool is_idle() const override { return true; }
  std::optional<ServedResource> FindResource(std::string_view) const override { return {}; }
  std::optional<ServedResource> FindKind(const apiserver::GroupVersionKind&) const override {
    return {};
  }
  apiserver::ObjectPtr Find(const apiserver::GroupResource&,
                            const apiserver::ObjectKey&) const override {
    return nullptr;
  }
  std::vector<apiserver::ObjectPtr> List(const apiserver::GroupResource&,
                                         std::string_view) const override {
    return {};
  }
  const ProgramFacts* FindProgram(std::string_view name) const override {
    return name == "operator" ? &facts : nullptr;
  }
  ProgramFacts facts;
};

TEST(ProgramExpectation, Holds) {
  FactsView view;
  view.facts.output = {{{}, "starting"}, {{}, "reconciled a"}, {{}, "reconciled b"}};
  view.facts.requests = {{{"patch", "deployments.apps"}, 3}, {{"get", "pods"}, 2}};
  const struct {
    const char* what;
    bool holds;
    const char* found;
  } cases[] = {
      {"output: reconciled", true, ""},
      {"output: {contains: reconciled, count: 2}", true, ""},
      {"output: {contains: reconciled, count: {max: 1}}", false,
       "lines with \"reconciled\": want 0 to 1, got 2"},
      {"output: {contains: error, count: 0}", true, ""},
      {"output: nothing of it", false, "lines with \"nothing of it\": want at least 1, got 0"},
      {"output: {equals: \"starting\\nreconciled a\\nreconciled b\\n\"}", true, ""},
      {"output: {equals: \"starting\\n\"}", false,
       "line 2 of the output: want nothing, got \"reconciled a\""},
      {"requests: 5", true, ""},
      {"requests: {verb: patch}", true, ""},
      {"requests: {verb: patch, resource: deployments, max: 2}", false,
       "want 0 to 2 requests to patch deployments, got 3"},
      {"requests: {resource: deployments.apps, min: 3}", true, ""},
      {"requests: {verb: delete}", false, "want at least 1 requests to delete, got 0"},
      {"exitCode: 0", false, "it has not ended"},
  };
  for (const auto& [what, holds, found] : cases) {
    SCOPED_TRACE(what);
    const auto scenario = Read("{at: +0s, program: operator, " + std::string(what) + "}");
    ASSERT_TRUE(scenario.ok()) << scenario.error().front().Text();
    const auto run = scenario->steps[0].step->Begin();
    StepInput input{.view = view, .scenario_began = {}, .began = {}};
    const StepMove move = run->Next(input);
    EXPECT_EQ(move.kind, holds ? StepMove::Kind::kDone : StepMove::Kind::kFailed);
    if (!holds) {
      EXPECT_EQ(move.failure.found.at(0), found);
    }
  }
}

TEST(ProgramExpectation, AnExpectedEndIsNoFailure) {
  const auto scenario = Read("{eventually: 5s, program: operator, exitCode: 3}");
  ASSERT_TRUE(scenario.ok());
  EXPECT_TRUE(scenario->programs[0].may_exit);
  EXPECT_FALSE(Read("{eventually: 5s, program: operator, output: x}")->programs[0].may_exit);
  FactsView view;
  StepInput input{.view = view, .scenario_began = {}, .began = {}};
  const auto run = scenario->steps[0].step->Begin();
  const StepMove waits = run->Next(input);
  EXPECT_EQ(waits.kind, StepMove::Kind::kWatch);
  EXPECT_EQ(waits.watched, kProgramChanges);
  view.facts.exit_code = 3;
  EXPECT_EQ(run->Next(input).kind, StepMove::Kind::kDone);
}

TEST(ProgramExpectation, IsRefused) {
  const struct {
    const char* expectation;
    const char* message;
  } cases[] = {
      {"{at: +0s}", "steps[0].expect.resource: is missing"},
      {"{at: +0s, program: operato, output: x}",
       "steps[0].expect.program: unknown program \"operato\"; did you mean \"operator\"?"},
      {"{at: +0s, program: operator}",
       "steps[0].expect: want one of output, exitCode, requests and restarts"},
      {"{at: +0s, program: operator, output: x, exitCode: 1}",
       "steps[0].expect: want one of output, exitCode, requests and restarts"},
      {"{at: +0s, program: operator, resource: pods, output: x}",
       "steps[0].expect.resource: is about objects, not about programs"},
      {"{at: +0s, resource: pods, output: x}",
       "steps[0].expect.output: is about a program: say which"},
      {"{at: +0s, program: operator, output: {count: 1}}",
       "steps[0].expect.output: want one of contains and equals"},
      {"{at: +0s, program: operator, output: {contain: x}}",
       "steps[0].expect.output.contain: unknown field; did you mean \"contains\"?"},
  };
  for (const auto& [expectation, message] : cases) {
    const auto scenario = Read(expectation);
    ASSERT_FALSE(scenario.ok()) << expectation;
    EXPECT_EQ(scenario.error().front().Text().substr(std::string("s.yaml:6: ").size()), message);
  }
}

sim::Result<Scenario, std::vector<Problem>> ReadProgramOf(const std::string& fields) {
  return ReadScenario("s.yaml",
                      "apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                      "programs: [{name: operator, command: [x], " +
                          fields + "}]\nsteps:\n- wait: 1s\n",
                      {}, {});
}

TEST(ProgramReadinessTest, IsReadAndChecked) {
  const auto read = ReadProgramOf("restart: on-failure, ready: {port: 8081, lease: a/b}");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->programs[0].restart, RestartPolicy::kOnFailure);
  EXPECT_EQ(read->programs[0].ready_port, 8081);
  EXPECT_EQ(read->programs[0].ready_lease, "a/b");
  EXPECT_TRUE(read->programs[0].has_readiness());
  for (const char* fields :
       {"restart: sometimes", "ready: {port: 0}", "ready: {port: 65536}", "ready: {lease: leader}",
        "ready: {lease: a/b/c}", "serviceAccount: reader"}) {
    EXPECT_FALSE(ReadProgramOf(fields).ok()) << fields;
  }
}

TEST(ProgramExpectationTest, CountsHowOftenItBeganAnew) {
  const auto holds = [](std::int64_t count) {
    FactsView view;
    view.facts.restart_count = count;
    ProgramSubject subject;
    subject.program = "operator";
    subject.restarts = 2;
    return ExamineProgram(subject, view).holds;
  };
  EXPECT_TRUE(holds(2));
  EXPECT_FALSE(holds(1));
  EXPECT_FALSE(holds(3));
}

}  // namespace
}  // namespace scenarios
