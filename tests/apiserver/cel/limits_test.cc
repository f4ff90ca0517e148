// Evaluation ends, whatever the expression: by its cost, by its memory.
#include <gtest/gtest.h>

#include "apiserver/cel/evaluation.h"
#include "apiserver/cel/program.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

Outcome Evaluate(Evaluator& evaluator, std::string_view expression,
                 std::uint64_t limit = kCallCostLimit) {
  const CompileOutcome compiled = CompileProgram(Environment(), expression);
  EXPECT_NE(compiled.program, nullptr) << compiled.error;
  evaluator.Reset();
  return evaluator.Evaluate(*compiled.program, {}, limit);
}

TEST(LimitsTest, TheCallCostLimitEndsLoops) {
  Evaluator evaluator;
  const Outcome outcome =
      Evaluate(evaluator, "lists.range(1000).all(a, lists.range(1000).all(b, a + b >= 0))");
  EXPECT_TRUE(outcome.is_cost_exceeded);
  EXPECT_EQ(outcome.value.as_text(), kCostExceeded);
}

TEST(LimitsTest, NoOperatorAbsorbsTheEnd) {
  Evaluator evaluator;
  for (const char* expression :
       {"[1, 2, 3].all(x, x > 0) || true", "[1, 2, 3].exists(x, x > 5) ? 1 : 2",
        "([1, 2, 3].all(x, x > 0) && false) != true", "[[1, 2].all(x, x > 0)]"}) {
    const Outcome outcome = Evaluate(evaluator, expression, 5);
    EXPECT_TRUE(outcome.is_cost_exceeded) << expression;
    EXPECT_EQ(outcome.value.as_text(), kCostExceeded) << expression;
  }
}

TEST(LimitsTest, AnExactBudgetIsEnough) {
  Evaluator evaluator;
  EXPECT_EQ(Evaluate(evaluator, "1 + 2 + 3").cost, 2u);
  EXPECT_FALSE(Evaluate(evaluator, "1 + 2 + 3", 2).is_cost_exceeded);
  EXPECT_TRUE(Evaluate(evaluator, "1 + 2 + 3", 1).is_cost_exceeded);
}

TEST(LimitsTest, MemoryIsBounded) {
  Evaluator evaluator;
  for (const char* expression :
       {"lists.range(1000000000)",
        "['a'].map(x, lists.range(5000).map(i, x).join(''))"
        ".map(s, s.replace('', s)).map(s, s.replace('', s)).map(s, s.replace('', s))",
        "lists.range(30).map(x, lists.range(30)).map(l, [l, l, l].flatten()).size() > 0 &&"
        " lists.range(16000000).size() > 0"}) {
    const Outcome outcome = Evaluate(evaluator, expression);
    EXPECT_TRUE(outcome.value.is_error()) << PrintValue(outcome.value).substr(0, 100);
  }
}

TEST(LimitsTest, AnUnboundVariableIsAnError) {
  Environment environment;
  environment.variables.emplace("x", IntType());
  const CompileOutcome compiled = CompileProgram(environment, "x + 1");
  ASSERT_NE(compiled.program, nullptr);
  EXPECT_TRUE(compiled.program->Reads("x"));
  EXPECT_FALSE(compiled.program->Reads("y"));
  Evaluator evaluator;
  EXPECT_EQ(evaluator.Evaluate(*compiled.program, {}).value.as_text(), "no such attribute(s): x");
}

TEST(LimitsTest, JsonOfValues) {
  Evaluator evaluator;
  const CompileOutcome compiled = CompileProgram(Environment(),
                                                 "{'a': dyn([dyn(1), dyn(2.5), dyn(true)]), 'b': "
                                                 "dyn({'c': duration('1h')}), 'd': dyn(b'hi')}");
  ASSERT_NE(compiled.program, nullptr) << compiled.error;
  const auto json = ToJson(evaluator.Evaluate(*compiled.program, {}).value);
  ASSERT_TRUE(json.ok()) << json.error().message;
  EXPECT_EQ(boost::json::serialize(*json), R"({"a":[1,2.5E0,true],"b":{"c":"3600s"},"d":"aGk="})");
  EXPECT_FALSE(ToJson(Value::Type("int")).ok());
}

}  // namespace
}  // namespace apiserver::cel
