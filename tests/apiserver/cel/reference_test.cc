// Expressions with what Kubernetes 1.36 answers: value, type, error text and cost. The rows were
// recorded from k8s.io/apiserver's environment over the object below; one file per library.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "apiserver/api/json_parse.h"
#include "apiserver/cel/program.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

constexpr std::string_view kObject =
    R"({"name":"abc","n":3,"list":["a","b","c"],"nums":[3,1,2],"m":{"a":"1","b":"2"},
        "nested":{"deep":{"v":"x"}},"nothing":null,"f":1.5})";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class ReferenceTest : public testing::TestWithParam<const char*> {};

TEST_P(ReferenceTest, AnswersAsKubernetes) {
  const std::string text =
      ReadFile(std::string("tests/apiserver/cel/reference/") + GetParam() + ".json");
  const apiserver::Value rows = boost::json::parse(text);
  const apiserver::Value object = boost::json::parse(kObject);
  Environment environment;
  environment.variables.emplace("object", DynType());
  Evaluator evaluator;
  ASSERT_GT(rows.as_array().size(), 10u);
  for (const apiserver::Value& row : rows.as_array()) {
    const std::string_view expression = TextAt(row, {"expr"});
    SCOPED_TRACE(expression);
    const CompileOutcome compiled = CompileProgram(environment, expression);
    if (const apiserver::Value* refused = Find(row, "refused")) {
      EXPECT_EQ(compiled.error, refused->as_string());
      continue;
    }
    ASSERT_NE(compiled.program, nullptr) << compiled.error;
    evaluator.Reset();
    const Binding binding{"object", FromJson(object, nullptr, evaluator.arena())};
    const Outcome got = evaluator.Evaluate(*compiled.program, {&binding, 1});
    if (const apiserver::Value* error = Find(row, "error")) {
      EXPECT_TRUE(got.value.is_error()) << PrintValue(got.value);
      EXPECT_EQ(got.value.as_text(), error->as_string());
    } else {
      EXPECT_EQ(PrintValue(got.value), TextAt(row, {"value"}));
      EXPECT_EQ(TypeName(got.value), TextAt(row, {"type"}));
    }
    EXPECT_EQ(static_cast<std::int64_t>(got.cost), IntAt(row, {"cost"}));
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, ReferenceTest,
                         testing::Values("language", "conversions", "times", "strings", "lists",
                                         "optionals", "kubernetes"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace
}  // namespace apiserver::cel
