// What a rule of a custom resource costs: compiling it, and evaluating it against an object seen
// through its schema.
#include <benchmark/benchmark.h>

#include "apiserver/cel/program.h"

namespace apiserver::cel {
namespace {

std::unique_ptr<Shape> Of(Shape::Kind kind) {
  auto shape = std::make_unique<Shape>();
  shape->kind = kind;
  return shape;
}

// spec: minReplicas, maxReplicas, name, ports (a map list of name and number), labels.
std::unique_ptr<Shape> SampleShape() {
  auto port = Of(Shape::Kind::kObject);
  port->AddProperty("name", Of(Shape::Kind::kString));
  port->AddProperty("number", Of(Shape::Kind::kInteger));
  auto ports = Of(Shape::Kind::kList);
  ports->list_style = ListStyle::kMap;
  ports->map_keys = {"name"};
  ports->items = std::move(port);
  auto labels = Of(Shape::Kind::kMap);
  labels->items = Of(Shape::Kind::kString);
  auto spec = Of(Shape::Kind::kObject);
  spec->AddProperty("minReplicas", Of(Shape::Kind::kInteger));
  spec->AddProperty("maxReplicas", Of(Shape::Kind::kInteger));
  spec->AddProperty("name", Of(Shape::Kind::kString));
  spec->AddProperty("ports", std::move(ports));
  spec->AddProperty("labels", std::move(labels));
  return spec;
}

constexpr std::string_view kObject =
    R"({"minReplicas":2,"maxReplicas":5,"name":"web-frontend","labels":{"tier":"front","team":"a"},
        "ports":[{"name":"http","number":80},{"name":"https","number":443},{"name":"metrics","number":9090}]})";

constexpr std::string_view kRules[] = {
    "self.minReplicas <= self.maxReplicas",
    "!has(self.name) || self.name.startsWith('web-') && self.name.size() <= 63",
    "self.ports.all(p, p.number > 0 && p.number < 65536)",
    "self.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    "self.ports.exists_one(p, p.name == 'http') && self.labels.all(k, k.size() < 64)",
};

Environment SampleEnvironment() {
  Environment environment;
  environment.variables.emplace("self", DynType());
  return environment;
}

void BM_EvaluateRule(benchmark::State& state) {
  const auto compiled =
      CompileProgram(SampleEnvironment(), kRules[static_cast<std::size_t>(state.range(0))]);
  const auto shape = SampleShape();
  const apiserver::Value object = boost::json::parse(kObject);
  Evaluator evaluator;
  for (auto _ : state) {
    evaluator.Reset();
    const Binding self{"self", FromJson(object, shape.get(), evaluator.arena())};
    const Outcome outcome = evaluator.Evaluate(*compiled.program, {&self, 1});
    if (!outcome.value.is_true()) state.SkipWithError("the rule is broken");
    benchmark::DoNotOptimize(outcome);
  }
}
BENCHMARK(BM_EvaluateRule)->DenseRange(0, 4);

void BM_CompileRule(benchmark::State& state) {
  const Environment environment = SampleEnvironment();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        CompileProgram(environment, kRules[static_cast<std::size_t>(state.range(0))]));
  }
}
BENCHMARK(BM_CompileRule)->DenseRange(0, 4);

}  // namespace
}  // namespace apiserver::cel
